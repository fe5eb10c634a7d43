//! What an event says, without what may name somebody.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

/// A JSON value in which every text is masked that is no id: which texts are personal is not for a list
/// to know.
pub fn masked(value: Value) -> Value {
    texts(value, &mut |text| {
        if is_id(&text) { text } else { "•".repeat(text.chars().count().min(8)) }
    })
}

/// Ids by numbers that are the same within one export, and mean nothing outside of it.
#[derive(Debug, Default)]
pub(crate) struct Pseudonyms(HashMap<String, usize>);

impl Pseudonyms {
    /// What stands for `id`.
    pub(crate) fn of(&mut self, kind: &str, id: &str) -> String {
        let next = self.0.len() + 1;
        let number = *self.0.entry(id.to_owned()).or_insert(next);
        format!("{kind}-{number}")
    }

    /// A JSON value with pseudonyms for ids, and the length of every other text.
    pub(crate) fn value(&mut self, value: Value) -> Value {
        texts(value, &mut |text| {
            if is_id(&text) {
                self.of("id", &text)
            } else {
                format!("text of {}", text.chars().count())
            }
        })
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

/// Names of members are the program's own words, but for those that a client made up: they are masked
/// as texts are where they are no plain words.
fn texts(value: Value, text: &mut impl FnMut(String) -> String) -> Value {
    match value {
        Value::String(of) => Value::String(text(of)),
        Value::Array(of) => of.into_iter().map(|value| texts(value, text)).collect(),
        Value::Object(of) => of
            .into_iter()
            .map(|(name, value)| {
                let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
                (if plain { name } else { text(name) }, texts(value, text))
            })
            .collect(),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_)) => plain,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_text_is_masked_that_is_no_id() {
        let id = "0190a0c2-1111-7000-8000-000000000001";
        let body = json!({ "employeeId": id, "userName": "ann@x.example", "tags": ["Ann"],
                           "x.ann": 1, "active": true });
        let shown = masked(body.clone()).to_string();
        assert!(shown.contains(id) && shown.contains("active"), "{shown}");
        assert!(!shown.contains("ann") && !shown.contains("Ann"), "{shown}");
        let mut pseudonyms = Pseudonyms::default();
        let told = pseudonyms.value(body).to_string();
        assert!(told.contains("id-1") && told.contains("text of 13"), "{told}");
        assert!(!told.contains(id) && !told.contains("ann"), "{told}");
        assert_eq!(pseudonyms.of("id", id), "id-1");
    }
}
