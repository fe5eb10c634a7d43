//! Texts that people and booking systems give.

use events::{is_hidden, shows_something};

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

/// A name that somebody gives here, for others to know something by.
pub(super) fn names(what: &'static str, text: &str) -> Result<(), Refusal> {
    said(what, text)?;
    shows(what, text, |_| false)?;
    is_seen(what, text)
}

/// Words that somebody writes here, for others to read; there may be none.
pub(super) fn words(what: &'static str, text: &str) -> Result<(), Refusal> {
    fits(what, text)?;
    shows(what, text, |sign| matches!(sign, '\n' | '\r' | '\t'))
}

/// Words that must say something.
pub(super) fn said_in_words(what: &'static str, text: &str) -> Result<(), Refusal> {
    said(what, text)?;
    words(what, text)?;
    is_seen(what, text)
}

/// Joiners may stand between letters, and say nothing alone.
fn is_seen(what: &'static str, text: &str) -> Result<(), Refusal> {
    if shows_something(text) {
        Ok(())
    } else {
        Err(Refusal::BadText { what, problem: BadText::Blank })
    }
}

/// What directories and booking systems send is kept as it is sent; what people write here has no signs
/// that nobody sees.
fn shows(what: &'static str, text: &str, but: impl Fn(char) -> bool) -> Result<(), Refusal> {
    match text.chars().find(|sign| is_hidden(*sign) && !but(*sign)) {
        Some(sign) => Err(Refusal::BadText { what, problem: BadText::Hidden(sign) }),
        None => Ok(()),
    }
}

/// A text that may be blank.
pub(super) fn fits(what: &'static str, text: &str) -> Result<(), Refusal> {
    fits_in(what, text, MAX)
}

/// A text that may be blank, of so many bytes at most.
pub(super) fn fits_in(what: &'static str, text: &str, max: usize) -> Result<(), Refusal> {
    let problem = if text.len() > max {
        BadText::TooLong { max }
    } else if text.contains('\0') {
        // Postgres cannot hold it.
        BadText::Nul
    } else {
        return Ok(());
    };
    Err(Refusal::BadText { what, problem })
}
