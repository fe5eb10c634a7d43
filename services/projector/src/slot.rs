//! The names of slots: a slot is a schema that holds a read model.

use deadpool_postgres::GenericClient;
use tokio_postgres::Error;

use crate::database::quoted;
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
