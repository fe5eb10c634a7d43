//! What came of a form, said once by the page to which the answer leads.
//!
//! The address of that page names it, so that of two tabs each says what was done in it. What it says may be about
//! people, and stays out of the address.

use uuid::Uuid;

use crate::fields::Fields;
use crate::query;

/// The parameter that names it.
const PARAMETER: &str = "notice";

/// What came of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// Whether it was done.
    pub(crate) done: bool,
    /// In a sentence.
    pub(crate) text: String,
    /// What was filled in, so that the page has it again and somebody can mend it. It may name people, and so is no
    /// part of an address.
    pub(crate) typed: Fields,
}

impl Notice {
    /// It was done.
    pub(crate) fn done(text: impl Into<String>) -> Self {
        Self { done: true, text: text.into(), typed: Fields::default() }
    }

    /// It was not done.
    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self { done: false, text: text.into(), typed: Fields::default() }
    }

    /// The same, with what was filled in.
    pub(crate) fn with(self, typed: Fields) -> Self {
        Self { typed, ..self }
    }
}

/// The id of the notice that an address names.
pub(crate) fn named_in(query: Option<&str>) -> Option<Uuid> {
    query::said(&query::read(query), PARAMETER).parse().ok()
}

/// The address that names it.
pub(super) fn naming(path: &str, id: Uuid) -> String {
    let (path, fragment) = match path.split_once('#') {
        Some((path, fragment)) => (path, format!("#{fragment}")),
        None => (path, String::new()),
    };
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}{PARAMETER}={id}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_notice_beside_what_it_asks_for() {
        let id = Uuid::from_u128(1);
        for (path, whole) in [
            ("/t/acme", "/t/acme?notice=00000000-0000-0000-0000-000000000001"),
            ("/x?a=b", "/x?a=b&notice=00000000-0000-0000-0000-000000000001"),
            ("/x#there", "/x?notice=00000000-0000-0000-0000-000000000001#there"),
        ] {
            assert_eq!(naming(path, id), whole);
            let query = whole.split_once('?').map(|(_, query)| query.split('#').next().unwrap());
            assert_eq!(named_in(query), Some(id));
        }
        assert_eq!(named_in(Some("notice=x")), None);
    }
}
