//! JSON Schema of every body, made from the types.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::Value;

use crate::EventKind;
use crate::envelope::schema_uri;

/// The schema of the body that events of `kind` have today.
///
/// It is of JSON Schema's draft 7, the dialect in which `AsyncAPI` 3.0 wants its payloads.
pub fn of(kind: EventKind) -> Schema {
    let generator = SchemaSettings::draft07()
        .with_transform(RecursiveTransform(unwrap_description))
        .into_generator();
    let mut schema = kind.body_schema(generator);
    schema.insert("$id".to_owned(), schema_uri(&kind.name(), kind.version()).into());
    schema.insert("title".to_owned(), kind.name().into());
    let shape = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{}\n\n{shape}", kind.meaning());
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
