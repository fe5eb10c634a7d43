//! Cursors: places in a tenant's feed, as the tenant keeps them.

use cipher::{Cipher, Context};
use events::Tenant;
use jiff::Timestamp;

/// The name of the key that cursors are encrypted with, among those beside the log.
pub(super) const CURSOR_KEY: &str = "cursors";

/// A place in the feed: behind one of its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// When the feed's stream was made: the place is in that feed and in no other.
    pub(crate) feed: Timestamp,
    /// The position of the message in the stream; 0 for the beginning.
    pub(crate) seq: u64,
}

/// A text that is no cursor, or none that can be gone on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadCursor {
    #[error(
        "is no cursor of this tenant; send one that this API answered with, as it is, or none to begin with the first event"
    )]
    Forged,
    #[error(
        "is of a feed that there is no more, so nobody can tell what came after it; take a new snapshot (GET snapshot), put it in place of what you have, and go on from its cursor"
    )]
    OfAnotherFeed,
}

impl Place {
    /// The cursor that names this place to a tenant.
    pub(crate) fn encrypt(self, cipher: &Cipher, tenant: &Tenant) -> String {
        let mut text = [0; 24];
        text[..16].copy_from_slice(&self.feed.as_nanosecond().to_be_bytes());
        text[16..].copy_from_slice(&self.seq.to_be_bytes());
        cipher.encrypt(context(tenant), &text)
    }

    /// The place that a tenant's cursor names, which has to be in this feed.
    pub(crate) fn decrypt(
        cipher: &Cipher,
        tenant: &Tenant,
        feed: Timestamp,
        cursor: &str,
    ) -> Result<Self, BadCursor> {
        let text = cipher.decrypt(context(tenant), cursor).map_err(|_| BadCursor::Forged)?;
        let (made, seq) = text.split_first_chunk().ok_or(BadCursor::Forged)?;
        let seq = seq.try_into().map_err(|_| BadCursor::Forged)?;
        if i128::from_be_bytes(*made) != feed.as_nanosecond() {
            return Err(BadCursor::OfAnotherFeed);
        }
        Ok(Self { feed, seq: u64::from_be_bytes(seq) })
    }
}

fn context(tenant: &Tenant) -> Context<'_> {
    Context { tenant: tenant.as_str(), purpose: "feed cursor" }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cipher() -> Cipher {
        Cipher::new(&[7; 32])
    }

    fn acme() -> Tenant {
        "acme".parse().unwrap()
    }

    proptest! {
        #[test]
        fn a_cursor_is_read_back_by_its_tenant_and_in_its_feed_alone(
            seq: u64, made in 0..i64::from(i32::MAX), later in 1..1000_i64,
        ) {
            let feed = Timestamp::from_second(made).unwrap();
            let place = Place { feed, seq };
            let cursor = place.encrypt(&cipher(), &acme());
            prop_assert_eq!(Place::decrypt(&cipher(), &acme(), feed, &cursor), Ok(place));
            let globex = "globex".parse().unwrap();
            let foreign = Place::decrypt(&cipher(), &globex, feed, &cursor);
            prop_assert_eq!(foreign, Err(BadCursor::Forged));
            let anew = Timestamp::from_second(made + later).unwrap();
            let old = Place::decrypt(&cipher(), &acme(), anew, &cursor);
            prop_assert_eq!(old, Err(BadCursor::OfAnotherFeed));
        }

        #[test]
        fn whatever_else_is_sent_is_none(text in ".{0,100}") {
            let feed = Timestamp::UNIX_EPOCH;
            let read = Place::decrypt(&cipher(), &acme(), feed, &text);
            prop_assert_eq!(read, Err(BadCursor::Forged));
        }
    }
}
