//! The digest of an event: over all that its message says, so that nobody changes its tenant, its
//! time or who caused it any more easily than its body.

use sha2::{Digest as _, Sha256};

use crate::{Digest, header};

/// What the digest does not cover: itself, and the chain value that is made of it.
const UNCOVERED: [&str; 2] = [header::DIGEST, header::CHAIN];

impl Digest {
    /// The digest of an event on `subject`, with these headers and this body: the SHA-256 of the
    /// subject and a line feed; of each header of [`header::ALL`] that it has, but `ce-digest` and
    /// `ce-chain`, in that order, the name, a colon, the value as it is sent and a line feed; of
    /// another line feed; and of the body.
    ///
    /// Neither a subject nor a header holds a line feed, so that no two messages have one text.
    pub fn of_message<'h>(
        subject: &str,
        header_of: impl Fn(&'static str) -> Option<&'h str>,
        body: &[u8],
    ) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(subject);
        hasher.update(b"\n");
        for name in header::ALL.into_iter().filter(|name| !UNCOVERED.contains(name)) {
            let Some(value) = header_of(name) else { continue };
            for part in [name, ":", value, "\n"] {
                hasher.update(part);
            }
        }
        hasher.update(b"\n");
        hasher.update(body);
        Self(hasher.finalize().into())
    }

    /// Whether this, as an event tells it of itself, is the digest of its message.
    ///
    /// The digest of events that were written before it covered more is that of the body alone. No
    /// body looks like the text above, since bodies are JSON: an event of today never passes for an
    /// older one.
    pub fn is_of_message<'h>(
        self,
        subject: &str,
        header_of: impl Fn(&'static str) -> Option<&'h str>,
        body: &[u8],
    ) -> bool {
        self == Self::of_message(subject, header_of, body) || self == Self::of(body)
    }
}
