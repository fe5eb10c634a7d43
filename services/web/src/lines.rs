//! NDJSON, as OpenAPI documents describe it.

use std::marker::PhantomData;

use serde_json::json;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// NDJSON: a text with a `T` in each line. The derive has no word for that; whoever makes the whole
/// document puts it right.
#[derive(Clone, Copy, Debug)]
pub struct Lines<T>(PhantomData<T>);

impl<T: ToSchema> PartialSchema for Lines<T> {
    fn schema() -> RefOr<Schema> {
        let line = json!({ "$ref": format!("#/components/schemas/{}", T::name()) });
        let extension = ExtensionsBuilder::new().add("x-lines", line).build();
        // Generators take a text for JSON, and this for what is sent as it is.
        let raw = SchemaFormat::KnownFormat(KnownFormat::Binary);
        let text = ObjectBuilder::new().schema_type(Type::String).format(Some(raw));
        text.content_media_type("application/x-ndjson").extensions(Some(extension)).into()
    }
}

impl<T: ToSchema> ToSchema for Lines<T> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}
