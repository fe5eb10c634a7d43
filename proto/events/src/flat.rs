//! Fields that stand among others in one JSON object.
//!
//! Serde's `flatten` holds every value of the object in a form between JSON and ours until it knows
//! whose it is; this is the path of every replay.

use serde::de::{DeserializeOwned, Error};
use serde_json::{Map, Value};

/// Takes a field out of an object that must have it.
pub(crate) fn needed<T: DeserializeOwned, E: Error>(
    from: &mut Map<String, Value>,
    name: &'static str,
) -> Result<T, E> {
    let value = from.remove(name).ok_or_else(|| E::missing_field(name))?;
    serde_json::from_value(value).map_err(|error| E::custom(format_args!("{name}: {error}")))
}

/// Takes a field out of an object that may lack it.
pub(crate) fn optional<T: DeserializeOwned, E: Error>(
    from: &mut Map<String, Value>,
    name: &'static str,
) -> Result<Option<T>, E> {
    match from.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => serde_json::from_value(value)
            .map(Some)
            .map_err(|error| E::custom(format_args!("{name}: {error}"))),
    }
}
