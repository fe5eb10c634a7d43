//! An id in the path.

use std::str::FromStr;

use super::Problem;

/// The id that a part of the path is; `what` says of what it is: `booking`.
pub fn path_id<T: FromStr>(what: &str, text: &str) -> Result<T, Problem> {
    let bad = |_| Problem::malformed(format!("{text:?} is no {what} id; ids are UUIDs"));
    text.parse().map_err(bad)
}
