//! JSON Schema of every body, made from the types.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use crate::EventKind;
use crate::envelope::schema_uri;

/// The schema of the body that events of `kind` have today.
///
/// It is of JSON Schema's draft 7, the dialect in which `AsyncAPI` 3.0 wants its payloads.
pub fn of(kind: EventKind) -> Schema {
    let uri = schema_uri(&kind.name(), kind.version());
    draft_07(|generator| kind.body_schema(generator), &uri, &kind.name(), kind.meaning())
}

/// The schema that `body` makes, of draft 7, with this `$id` and title, and described by what an event
/// with that body means.
pub fn draft_07(
    body: impl FnOnce(SchemaGenerator) -> Schema,
    uri: &str,
    title: &str,
    meaning: &str,
) -> Schema {
    let generator = SchemaSettings::draft07()
        .with_transform(RecursiveTransform(unwrap_description))
        .into_generator();
    let mut schema = body(generator);
    schema.insert("$id".to_owned(), uri.into());
    schema.insert("title".to_owned(), title.into());
    let shape = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{meaning}\n\n{shape}");
    schema.insert("description".to_owned(), description.into());
    schema
}

/// Makes one line of each paragraph: where a comment wraps in the source is nobody's business.
fn unwrap_description(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        let paragraphs: Vec<String> =
            description.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect();
        *description = paragraphs.join("\n\n");
    }
}
