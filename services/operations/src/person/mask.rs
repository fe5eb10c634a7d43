//! Personal values, hidden unless somebody says that they want to see them.

use serde_json::Value;

/// Whether an answer shows personal values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mask {
    /// Each text is its first letter.
    Masked,
    /// As they are.
    Revealed,
}

impl Mask {
    /// The value as it is to be shown. Whether it is there, its kind and its parts stay to be seen.
    pub(crate) fn shown(self, value: &Value) -> Value {
        match self {
            Self::Revealed => value.clone(),
            Self::Masked => masked(value),
        }
    }

    /// A text as it is to be shown.
    pub(crate) fn text(self, text: &str) -> String {
        match self {
            Self::Revealed => text.to_owned(),
            Self::Masked => masked_text(text),
        }
    }
}

const HIDDEN: &str = "•••";

fn masked(value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        Value::Number(_) => HIDDEN.into(),
        Value::String(text) => masked_text(text).into(),
        Value::Array(all) => all.iter().map(masked).collect(),
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(name, value)| (name.clone(), masked(value))).collect(),
        ),
    }
}

fn masked_text(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() => {
            let (name, top) = domain.rsplit_once('.').unwrap_or((domain, ""));
            let dot = if top.is_empty() { "" } else { "." };
            format!("{}@{}{dot}{top}", first(local), first(name))
        }
        Some(_) | None => first(text),
    }
}

fn first(text: &str) -> String {
    text.chars().next().map_or_else(String::new, |letter| format!("{letter}{HIDDEN}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_masked_value_keeps_its_shape_and_no_more_than_first_letters() {
        let ada = json!({
            "userName": "ada@example.com",
            "name": { "familyName": "Lovelace", "givenName": "" },
            "emails": [{ "value": "a.l@example", "primary": true }],
            "costCenter": 4711,
            "manager": null,
        });
        let masked = json!({
            "userName": "a•••@e•••.com",
            "name": { "familyName": "L•••", "givenName": "" },
            "emails": [{ "value": "a•••@e•••", "primary": true }],
            "costCenter": "•••",
            "manager": null,
        });
        assert_eq!(Mask::Masked.shown(&ada), masked);
        assert_eq!(Mask::Revealed.shown(&ada), ada);
    }
}
