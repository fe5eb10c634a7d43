//! The names of slots: a slot is a schema that holds a read model.

use crate::error::ProjectorError;

/// Refuses what is no plain name for a schema.
pub(crate) fn check_slot(slot: &str) -> Result<(), ProjectorError> {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    if (1..=63).contains(&slot.len()) && slot.bytes().all(plain) {
        Ok(())
    } else {
        Err(ProjectorError::BadSlot(slot.to_owned()))
    }
}

/// What a read model is called as a witness of what was in the log.
pub fn witness(slot: &str) -> String {
    format!("the checkpoint of read model {slot}")
}
