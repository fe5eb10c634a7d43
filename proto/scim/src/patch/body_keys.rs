//! What the keys of an object of attributes name.

use std::collections::HashMap;

use serde_json::Value;

use crate::InvalidRequest;
use crate::edit::Edit;
use crate::name::is_urn;
use crate::path::Path;
use crate::schema::ResourceType;

/// Refuses an object in which one attribute has two values, by its name and beneath its URN: one of
/// them would be passed over, and might be the one that keeps somebody out. Lists are joined.
pub(super) fn named_once(edits: &[Edit]) -> Result<(), InvalidRequest> {
    let mut seen = HashMap::new();
    for edit in edits {
        let (Edit::Add { path, value } | Edit::Replace { path, value }) = edit else { continue };
        let Path::Attribute { name, filter: None } = path else { continue };
        let other = seen.insert(name, value).filter(|other| *other != value);
        if other.is_some_and(|other| !other.is_array() && !value.is_array()) {
            let name: String = name.to_string().chars().take(64).collect();
            return Err(InvalidRequest::syntax(format!(
                "{name:?} is there with two values; send one of them"
            )));
        }
    }
    Ok(())
}

/// What the key of an attribute names; none if it can name nothing.
///
/// A URN with an object for a value names a whole extension, whatever it ends in, unless it begins
/// with the URN of a schema that we know or that tells where it ends.
pub(super) fn path_of_key(key: String, value: &Value, resource: ResourceType) -> Option<Path> {
    let path = Path::parse(&key, resource).ok();
    let may_be_whole = match &path {
        None => key.bytes().all(|byte| byte.is_ascii_graphic() && !b"[]()\"".contains(&byte)),
        Some(Path::Undeclared(_)) => true,
        Some(Path::Attribute { .. } | Path::Schema(_)) => false,
    };
    if may_be_whole && is_urn(&key) && value.is_object() { Some(Path::Schema(key)) } else { path }
}
