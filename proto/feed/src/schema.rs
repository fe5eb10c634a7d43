//! JSON Schema of every body, made from the types.

use events::schema::draft_07;
use schemars::Schema;
use serde_json::Value;

use crate::Fact;

/// The name of the schema of a fact's body, with its version: `urn:rollcall:feed:employee.left:1`.
pub fn uri(fact: Fact) -> String {
    format!("urn:rollcall:feed:{fact}:{}", fact.version())
}

/// The schema of the body that events of a fact have today: JSON Schema's draft 7, the dialect in
/// which `AsyncAPI` 3.0 wants its payloads.
pub fn of(fact: Fact) -> Schema {
    let body = |generator| fact.body_schema(generator);
    titled(draft_07(body, &uri(fact), &fact.name(), fact.meaning()))
}

/// Gives each inner type its name for a title: generators of types call them by it.
fn titled(mut schema: Schema) -> Schema {
    let definitions = schema.get_mut("definitions").and_then(Value::as_object_mut);
    for (name, definition) in definitions.into_iter().flatten() {
        if let Some(definition) = definition.as_object_mut() {
            definition.insert("title".to_owned(), name.as_str().into());
        }
    }
    schema
}
