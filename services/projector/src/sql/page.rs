//! Pages of a list, and the cursors between them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Some rows of a list, and where the next page begins; none if the list ends here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Why a list could not be read.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The cursor is not one of this list's.
    #[error(transparent)]
    BadCursor(#[from] BadCursor),
    /// A statement failed.
    #[error("read from the database")]
    Database(#[from] tokio_postgres::Error),
}

/// A text that no page of this list ended with. What it says is not repeated: the cursor of another list has a name in it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("there is no such cursor of this list; take `next` of its last page as it is")]
pub struct BadCursor;

/// Makes a page of the rows that were found, where one more than `limit` was looked for.
pub fn page<T, K: Serialize>(mut found: Vec<(T, K)>, limit: u16) -> Page<T> {
    let goes_on = found.len() > limit.into();
    found.truncate(limit.into());
    let next = found.last().filter(|_| goes_on).map(|(_, key)| cursor(key));
    Page { rows: found.into_iter().map(|(row, _)| row).collect(), next }
}

/// The key of a page's last row, opaque to callers.
fn cursor(key: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).expect("keys are of texts and numbers"))
}

/// The key in a cursor, or the one that all rows come after. Callers may make cursors up: only
/// keys that Postgres can hold are let in.
pub fn key<K: DeserializeOwned>(
    cursor: Option<&str>,
    start: K,
    fits: impl Fn(&K) -> bool,
) -> Result<K, BadCursor> {
    let Some(cursor) = cursor else { return Ok(start) };
    let json = URL_SAFE_NO_PAD.decode(cursor).ok();
    json.and_then(|json| serde_json::from_slice(&json).ok()).filter(fits).ok_or(BadCursor)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_ends_the_list_unless_one_more_row_was_found() {
        let rows = vec![("a", 1), ("b", 2)];
        assert_eq!(page(rows.clone(), 2), Page { rows: vec!["a", "b"], next: None });
        let first = page(rows, 1);
        assert_eq!(first.rows, ["a"]);
        assert_eq!(key(first.next.as_deref(), 0, |_| true), Ok(1));
    }

    proptest! {
        #[test]
        fn a_cursor_leads_back_to_its_key(name: String, id: u64) {
            let cursor = cursor(&(&name, id));
            let start = (String::new(), 0);
            prop_assert_eq!(key(Some(&cursor), start, |_| true), Ok((name, id)));
        }

        #[test]
        fn a_key_that_does_not_fit_is_a_bad_cursor(id: u64) {
            let cursor = cursor(&id);
            prop_assert_eq!(key(Some(&cursor), 0, |_| false), Err(BadCursor));
        }
    }

    #[test]
    fn a_text_that_was_made_up_is_a_bad_cursor() {
        for text in ["", "e30", "bm9uc2Vuc2U", "&", "WyJhIiwgMV0"] {
            assert_eq!(key::<u64>(Some(text), 0, |_| true), Err(BadCursor));
        }
    }
}
