//! Literals in the type of the attribute that they are compared with.

use serde_json::Number;

use super::{Instant, Literal};
use crate::boolean::boolean;
use crate::schema::{Attribute, AttributeType};

/// The literal in the type that the attribute asks for; none if it cannot be had.
///
/// Entra leaves out quotes where the RFC wants them, and puts them round booleans.
pub(super) fn typed(text: String, quoted: bool, definition: Option<&Attribute>) -> Option<Literal> {
    if !quoted && text.eq_ignore_ascii_case("null") {
        return Some(Literal::Null);
    }
    match definition.map(|definition| definition.kind) {
        Some(AttributeType::Boolean) => {
            Some(boolean(&text).map_or(Literal::Text(text), Literal::Bool))
        }
        Some(AttributeType::DateTime) => {
            Instant::parse(&text).map(|instant| Literal::Time(instant, text))
        }
        Some(
            AttributeType::String
            | AttributeType::Reference
            | AttributeType::Binary
            | AttributeType::Complex,
        ) => Some(Literal::Text(text)),
        None if quoted => Some(Literal::Text(text)),
        None => Some(match (boolean(&text), text.parse::<Number>()) {
            (Some(boolean), _) => Literal::Bool(boolean),
            (None, Ok(number)) => Literal::Number(number),
            (None, Err(_)) => Literal::Text(text),
        }),
    }
}
