//! Typed fields beside free attributes in one JSON object.
//!
//! Serde's `flatten` would do the same, but it buffers every value of the object in an intermediate
//! form first, which is slow; every replay takes this path.

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
