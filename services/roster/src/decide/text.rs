//! Texts that people and booking systems give.

use crate::{BadText, Refusal};

/// The longest text, in bytes, that fits where people read it.
pub(super) const MAX: usize = 1024;

/// A text that must say something.
pub(super) fn said(what: &'static str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::BadText { what, problem: BadText::Blank });
    }
    fits(what, text)
}

/// A text that may be blank.
pub(super) fn fits(what: &'static str, text: &str) -> Result<(), Refusal> {
    let problem = if text.len() > MAX {
        BadText::TooLong { max: MAX }
    } else if text.contains('\0') {
        // Postgres cannot hold it.
        BadText::Nul
    } else {
        return Ok(());
    };
    Err(Refusal::BadText { what, problem })
}
