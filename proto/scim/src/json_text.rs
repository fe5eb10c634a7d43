//! Texts that hold JSON.
//!
//! Older jobs of Entra's write what has parts as the text of a JSON object. Such a text is read wherever
//! parts or several values belong, so that it never is a member, an address or a manager itself.

use serde_json::Value;

use crate::InvalidRequest;
use crate::budget::WorkBudget;
use crate::bulk::is_reference;
use crate::single_value::unwrapped;

/// How many texts may lie one within the other. Clients write one, and two by mistake.
const MAX_TEXT_NESTING: u8 = 4;

/// Reads what was sent, and charges what it unfolds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JsonReader<'b> {
    budget: &'b WorkBudget,
    /// How many texts were read to come here.
    texts: u8,
}

/// What a text is that stands where parts or several values belong.
pub(crate) enum Text<'b> {
    /// No more than itself. A number is one too: ids and telephone numbers are made of digits.
    Plain,
    /// The JSON that it holds, with the reader for it.
    Json(Value, JsonReader<'b>),
    /// It begins as JSON does, but is none.
    Broken,
}

impl<'b> JsonReader<'b> {
    pub(crate) fn new(budget: &'b WorkBudget) -> Self {
        Self { budget, texts: 0 }
    }

    /// Whether what is read stood in a text.
    pub(crate) fn is_within_text(self) -> bool {
        self.texts > 0
    }

    /// Reads a text that stands where parts or several values belong.
    ///
    /// Costs what it costs to read the body that holds the text, once for each text around it.
    pub(crate) fn text(self, text: &str) -> Result<Text<'b>, InvalidRequest> {
        let text = text.trim_matches(is_blank);
        if !begins_as_json(text) {
            return Ok(Text::Plain);
        }
        if self.texts == MAX_TEXT_NESTING {
            return Err(InvalidRequest::value(format!(
                "JSON in a text in a text, and more than {MAX_TEXT_NESTING} deep; send JSON itself"
            )));
        }
        self.budget.charge_text(text.len())?;
        self.budget.charge(text.bytes().filter(|byte| b"[{,".contains(byte)).count())?;
        let Ok(value) = serde_json::from_str::<Value>(text) else {
            return Ok(Text::Broken);
        };
        if value.is_null() {
            return Err(InvalidRequest::value(
                "a text says null; send null itself to leave out a value",
            ));
        }
        refuse_nul(&value)?;
        refuse_references(&value)?;
        Ok(Text::Json(value, Self { texts: self.texts + 1, ..self }))
    }

    /// An object that was sent, also as a text or in an array of one; else what was sent instead.
    pub(crate) fn object(self, sent: Value) -> Result<(Value, Self), InvalidRequest> {
        match unwrapped(sent) {
            Value::String(text) => match self.text(&text)? {
                Text::Json(value, within) => within.object(value),
                Text::Plain | Text::Broken => Ok((Value::String(text), self)),
            },
            value => Ok((value, self)),
        }
    }
}

/// Whether a character shows nothing, so that nobody sees that a text begins with it: a space, a
/// control character, or a mark as those that editors and exports leave (U+FEFF, U+200B).
fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
        )
}

/// Whether there is nothing to be seen in a text.
pub(crate) fn is_blank_text(text: &str) -> bool {
    text.chars().all(is_blank)
}

/// Whether a text begins as what JSON has beside numbers.
fn begins_as_json(text: &str) -> bool {
    text.starts_with(['{', '[', '"']) || ["null", "true", "false"].contains(&text)
}

/// Whether a text begins as a list or an object does.
pub(crate) fn begins_as_parts(text: &str) -> bool {
    text.trim_start_matches(is_blank).starts_with(['{', '['])
}

/// Refuses a text with a NUL in it anywhere: no database could hold it.
pub(crate) fn refuse_nul(value: &Value) -> Result<(), InvalidRequest> {
    let bad = || InvalidRequest::value("a text holds the character U+0000; leave it out");
    match value {
        Value::String(text) if text.contains('\0') => Err(bad()),
        Value::Array(elements) => elements.iter().try_for_each(refuse_nul),
        Value::Object(parts) => parts.iter().try_for_each(|(key, value)| {
            if key.contains('\0') { Err(bad()) } else { refuse_nul(value) }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// Refuses a `bulkId` in a text. Those are looked up before it is known which texts hold JSON, so
/// that one in such a text would be kept as if it were an id.
fn refuse_references(value: &Value) -> Result<(), InvalidRequest> {
    match value {
        Value::String(text) if is_reference(text) => Err(InvalidRequest::value(
            "a bulkId in the text of a JSON value is not looked up; send JSON itself",
        )),
        Value::Array(elements) => elements.iter().try_for_each(refuse_references),
        Value::Object(parts) => parts.values().try_for_each(refuse_references),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::budget;

    #[test]
    fn a_text_is_json_if_it_is_all_json_and_no_number() {
        let budget = budget();
        let reader = JsonReader::new(&budget);
        let read = |text: &str| match reader.text(text).unwrap() {
            Text::Plain => "plain".to_owned(),
            Text::Broken => "broken".to_owned(),
            Text::Json(value, _) => value.to_string(),
        };
        for (text, is) in [
            ("ann", "plain"),
            ("271", "plain"),
            ("", "plain"),
            ("True", "plain"),
            (" [1] ", "[1]"),
            ("\u{feff}[1]", "[1]"),
            ("\u{a0}\n\u{2003}{\"a\":1}\u{200b}", "{\"a\":1}"),
            ("\u{feff}[1", "broken"),
            ("[\u{a0}1]", "broken"),
            ("\u{feff}ann", "plain"),
            ("{\"a\":1}", "{\"a\":1}"),
            ("\"x\"", "\"x\""),
            ("true", "true"),
            ("[1", "broken"),
            ("{0f2a}", "broken"),
            ("\"Ann Lee\"@x.example", "broken"),
        ] {
            assert_eq!(read(text), is, "{text}");
        }
        assert!(budget.steps() > 0, "what is read is charged");
    }
}
