use serde_json::Number;

use super::{Instant, Literal};
use crate::schema::{Attribute, Kind};

/// The literal in the type that the attribute asks for; none if it cannot be had.
///
/// Entra leaves out quotes where the RFC wants them, and puts them round booleans.
pub(super) fn typed(text: String, quoted: bool, definition: Option<&Attribute>) -> Option<Literal> {
    if !quoted && text.eq_ignore_ascii_case("null") {
        return Some(Literal::Null);
    }
    match definition.map(|definition| definition.kind) {
        Some(Kind::Boolean) => Some(boolean(&text).map_or(Literal::Text(text), Literal::Bool)),
        Some(Kind::DateTime) => Instant::parse(&text).map(|instant| Literal::Time(instant, text)),
        Some(Kind::String | Kind::Reference | Kind::Binary | Kind::Complex) => {
            Some(Literal::Text(text))
        }
        None if quoted => Some(Literal::Text(text)),
        None => Some(match (boolean(&text), text.parse::<Number>()) {
            (Some(boolean), _) => Literal::Bool(boolean),
            (None, Ok(number)) => Literal::Number(number),
            (None, Err(_)) => Literal::Text(text),
        }),
    }
}

/// Reads `true` and `false` in any letter case.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}
