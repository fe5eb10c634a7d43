//! `asyncapi.yaml`: its head is written by hand; its channels and operations are made from a
//! listing of events.

use serde_json::Value;

use crate::Kept;

const NAME: &str = "asyncapi.yaml";

/// One event of the listing.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// `user`: the token of the subject before the id.
    pub entity: &'static str,
    /// `created`: the token after it.
    pub fact: &'static str,
    /// The version of today; all since the first are described.
    pub version: u32,
    /// One sentence.
    pub meaning: &'static str,
}

impl Listed {
    /// `user.created`.
    fn name(&self) -> String {
        format!("{}.{}", self.entity, self.fact)
    }
}

/// The document of one crate, as the listing says that it should be.
#[derive(Clone, Debug)]
pub struct AsyncApi {
    kept: Kept,
    text: String,
    listed: usize,
}

impl AsyncApi {
    /// The head that is kept, and for each event of `listing` a channel `<root>.<tenant>.<entity>.<id>.<fact>`
    /// with a message for each version, and an operation that receives it.
    pub fn of(kept: Kept, root: &str, listing: &[Listed]) -> Self {
        let mark = format!(
            "# All below is made from the types: UPDATE=1 cargo test -p {}\n",
            kept.package
        );
        let document = kept.read(NAME);
        let (head, _) = document.split_once(&mark).expect("the mark where the made part begins");
        let channels: String = listing.iter().map(|event| channel(root, event)).collect();
        let operations: String = listing.iter().map(operation).collect();
        let text = format!("{head}{mark}channels:\n{channels}operations:\n{operations}");
        Self { kept, text, listed: listing.len() }
    }

    /// Asserts that the file is it; with `UPDATE=1`, sees to it.
    #[track_caller]
    pub fn assert_kept(&self) {
        self.kept.assert_says(NAME, &self.text);
    }

    /// The document as its readers get it.
    pub fn document(&self) -> Value {
        serde_norway::from_str(&self.text).unwrap_or_else(|e| panic!("{NAME} is no YAML: {e}"))
    }

    /// Asserts that all that it refers to is there, in it or in a file.
    #[track_caller]
    pub fn assert_references_lead_somewhere(&self) {
        let document = self.document();
        let mut found = vec![];
        references(&document, &mut found);
        for reference in &found {
            let there = match reference.strip_prefix('#') {
                Some(pointer) => document.pointer(pointer).is_some(),
                None => self.kept.path(reference).is_file(),
            };
            assert!(there, "{NAME} refers to {reference}, which is not there");
        }
        assert!(found.len() >= 5 * self.listed, "only {} references were found", found.len());
    }
}

fn channel(root: &str, event: &Listed) -> String {
    let Listed { entity, fact, version, .. } = event;
    let name = event.name();
    let messages: String = (1..=*version).map(|version| message(event, version)).collect();
    format!(
        "  {name}:
    address: {root}.{{tenant}}.{entity}.{{id}}.{fact}
    parameters:
      tenant:
        $ref: '#/components/parameters/tenant'
      id:
        $ref: '#/components/parameters/{entity}Id'
    messages:
{messages}"
    )
}

fn message(event: &Listed, version: u32) -> String {
    let (name, meaning) = (event.name(), event.meaning);
    format!(
        "      {name}.{version}:
        name: rollcall.{name}
        summary: {meaning:?}
        traits:
          - $ref: '#/components/messageTraits/event'
        payload:
          $ref: ./schema/{name}.{version}.json
"
    )
}

fn operation(event: &Listed) -> String {
    let name = event.name();
    format!(
        "  {name}:
    action: receive
    channel:
      $ref: '#/channels/{name}'
"
    )
}

/// All that `value` refers to.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            found.extend(entries.get("$ref").and_then(Value::as_str).map(str::to_owned));
            entries.values().for_each(|entry| references(entry, found));
        }
        Value::Array(entries) => entries.iter().for_each(|entry| references(entry, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
