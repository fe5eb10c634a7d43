//! Cursors (RFC 9865): where in a list the next page begins.
//!
//! A cursor holds the position itself, so that we keep nothing and it never expires. Where in the log
//! a resource was made is a part of that, which is hidden.

use events::Digest;
use scim::{InvalidRequest, ScimType};
use serde::{Deserialize, Serialize};

use super::matches::ListPosition;
use crate::gateway::hidden_positions::HiddenPositions;

/// What the text of a cursor holds.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// The fingerprint of the query that it belongs to.
    #[serde(rename = "question")]
    pub(super) query: Digest,
    /// The last position that was shown; none for the beginning.
    pub(super) after: Option<ListPosition>,
}

impl Cursor {
    /// Reads a cursor, which has to belong to this query.
    pub(super) fn read(
        text: &str,
        query: Digest,
        positions: &HiddenPositions,
    ) -> Result<Self, InvalidRequest> {
        let bytes = positions.read_cursor(text);
        let cursor: Option<Self> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let bad = |detail| InvalidRequest::new(ScimType::InvalidCursor, detail);
        let Some(cursor) = cursor else {
            return Err(bad("the cursor is none of ours; begin with an empty one"));
        };
        if cursor.query != query {
            return Err(bad(
                "the cursor belongs to another query; repeat its filter, sortBy and sortOrder",
            ));
        }
        Ok(cursor)
    }

    /// The cursor in unreserved characters, so that URLs can hold it as it is.
    pub(super) fn write(&self, positions: &HiddenPositions) -> String {
        let json = serde_json::to_vec(self).expect("a cursor has text keys only");
        positions.write_cursor(&json)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use scim::{ResourceType, SortKey};

    use super::*;
    use crate::gateway::hidden_positions::tests::positions_of;

    proptest! {
        #[test]
        fn a_cursor_reads_back_for_the_query_it_was_made_for(
            query: Vec<u8>, text: String, created: u64, at_start: bool,
        ) {
            let query = Digest::of(&query);
            let position = ListPosition { key: SortKey::Text(text), resource: ResourceType::Group, created };
            let cursor = Cursor { query, after: (!at_start).then_some(position) };
            let acme = positions_of("acme");
            let text = cursor.write(&acme);
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b)));
            prop_assert_eq!(Cursor::read(&text, query, &acme), Ok(cursor));
            let elsewhere = Cursor::read(&text, Digest::of(text.as_bytes()), &acme).unwrap_err();
            prop_assert_eq!(elsewhere.scim_type, Some(ScimType::InvalidCursor));
        }

        #[test]
        fn any_other_text_is_refused(text: String) {
            let refused = Cursor::read(&text, Digest::of(b""), &positions_of("acme")).unwrap_err();
            prop_assert_eq!(refused.scim_type, Some(ScimType::InvalidCursor));
        }
    }
}
