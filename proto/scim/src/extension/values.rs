//! The values of declared attributes, in any spelling.

use serde_json::Value;

use super::{ExtensionAttribute, ExtensionKind};
use crate::InvalidRequest;
use crate::boolean::boolean;
use crate::coercion::is_unassigned;
use crate::filter::{Instant, Literal};
use crate::single_value::scalar;

impl ExtensionAttribute {
    /// Reads what was sent for it, in the spellings that Entra has for booleans and numbers; none
    /// if it is unassigned.
    pub(super) fn coerce(&self, sent: Value) -> Result<Option<Value>, InvalidRequest> {
        let sent = scalar(sent);
        if is_unassigned(&sent) { Ok(None) } else { self.typed_value(sent).map(Some) }
    }

    fn typed_value(&self, sent: Value) -> Result<Value, InvalidRequest> {
        let bad = |takes: &str| InvalidRequest::value(format!("{} takes {takes}", self.name));
        match (self.kind, sent) {
            (ExtensionKind::Boolean, Value::Bool(sent)) => Ok(sent.into()),
            (ExtensionKind::Boolean, Value::String(text)) => {
                boolean(&text).map(Value::Bool).ok_or_else(|| bad("true or false"))
            }
            (ExtensionKind::Boolean, _) => Err(bad("true or false")),
            (ExtensionKind::Integer, Value::Number(number)) if !number.is_f64() => {
                Ok(number.into())
            }
            (ExtensionKind::Integer, Value::String(text)) => {
                text.trim().parse::<i64>().map(Value::from).map_err(|_| bad("a whole number"))
            }
            (ExtensionKind::Integer, _) => Err(bad("a whole number")),
            (ExtensionKind::DateTime, Value::String(text)) if Instant::parse(&text).is_some() => {
                Ok(text.into())
            }
            (ExtensionKind::DateTime, _) => Err(bad("a date-time such as 2026-01-31T08:00:00Z")),
            (ExtensionKind::String, Value::String(text)) => Ok(text.into()),
            (ExtensionKind::String, _) => Err(bad("a text")),
        }
    }

    /// The literal in the type of the attribute; as it was, if it cannot be had.
    pub(super) fn typed_literal(&self, literal: Literal) -> Literal {
        match (self.kind, literal) {
            (ExtensionKind::Boolean, Literal::Text(text)) => {
                boolean(&text).map_or(Literal::Text(text), Literal::Bool)
            }
            (ExtensionKind::Integer, Literal::Text(text)) => text
                .parse::<i64>()
                .map_or(Literal::Text(text), |number| Literal::Number(number.into())),
            (ExtensionKind::DateTime, Literal::Text(text)) => match Instant::parse(&text) {
                Some(instant) => Literal::Time(instant, text),
                None => Literal::Text(text),
            },
            (ExtensionKind::String, Literal::Number(number)) => Literal::Text(number.to_string()),
            (ExtensionKind::String, Literal::Bool(boolean)) => Literal::Text(boolean.to_string()),
            (
                ExtensionKind::Boolean
                | ExtensionKind::Integer
                | ExtensionKind::DateTime
                | ExtensionKind::String,
                literal,
            ) => literal,
        }
    }
}
