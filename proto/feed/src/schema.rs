//! JSON Schema of every body, made from the types.

use events::schema::draft_07;
use schemars::Schema;

use crate::Fact;

/// The name of the schema of a fact's body, with its version: `urn:rollcall:feed:employee.left:1`.
pub fn uri(fact: Fact) -> String {
    format!("urn:rollcall:feed:{fact}:{}", fact.version())
}

/// The schema of the body that events of a fact have today: JSON Schema's draft 7, the dialect in
/// which `AsyncAPI` 3.0 wants its payloads.
pub fn of(fact: Fact) -> Schema {
    draft_07(|generator| fact.body_schema(generator), &uri(fact), &fact.name(), fact.meaning())
}
