//! The names of slots: a slot is a schema that holds a read model.

use deadpool_postgres::GenericClient;
use events::Digest;
use tokio_postgres::Error;

use crate::database::quoted;
use crate::error::ProjectorError;

/// What a slot is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlotRole {
    /// It is read.
    Live,
    /// It is being built, to be live later.
    Candidate,
    /// It was live, and is kept so that one can go back to it.
    Previous,
}

impl SlotRole {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Live, Self::Candidate, Self::Previous];

    /// What it is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Candidate => "candidate",
            Self::Previous => "previous",
        }
    }

    /// The schema of a projection's slot.
    pub fn schema(self, projection: &str) -> String {
        match self {
            Self::Live => projection.to_owned(),
            Self::Candidate => format!("{projection}_next"),
            Self::Previous => format!("{projection}_previous"),
        }
    }
}

/// The schema of a projection's scratch slot, which only verifications have.
pub(crate) fn scratch_schema(projection: &str) -> String {
    format!("{projection}_verify")
}

/// Refuses what is no plain name for a schema.
pub(crate) fn check_slot(slot: &str) -> Result<(), ProjectorError> {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    if (1..=63).contains(&slot.len()) && slot.bytes().all(plain) {
        Ok(())
    } else {
        Err(ProjectorError::BadSlot(slot.to_owned()))
    }
}

/// The number of an advisory lock.
pub(crate) fn lock_key(what: &str) -> i64 {
    let digest = Digest::of(format!("rollcall {what}").as_bytes()).0;
    i64::from_be_bytes(digest[..8].try_into().expect("a digest has eight bytes"))
}

/// Lets the queries on this connection find their tables in `slots`, in this order; inside of a
/// transaction that is rolled back, until its end. Queries name no schema: this says which slot.
pub async fn search_in(client: &impl GenericClient, slots: &[&str]) -> Result<(), Error> {
    let slots: Vec<String> = slots.iter().map(|slot| quoted(slot)).collect();
    client.batch_execute(&format!("SET search_path TO {}", slots.join(", "))).await
}

/// What a read model is called as a witness of what was in the log.
pub fn witness(slot: &str) -> String {
    format!("the checkpoint of read model {slot}")
}
