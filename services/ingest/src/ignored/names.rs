//! A bounded number of names, which are the clients' to choose.

use std::collections::BTreeMap;

/// Stands for all the names that there is no room for.
pub(crate) const OTHER: &str = "(other)";

/// What is known of each name, by its folded spelling, with the spelling in which it came first.
/// Letter case does not count in names (RFC 7643 §2.1).
#[derive(Debug)]
pub(super) struct Names<T>(BTreeMap<String, (String, T)>);

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Names<T> {
    /// What is known of a name, at first `new`; of [`OTHER`] if there are `most` other names.
    pub(super) fn entry(&mut self, name: &str, most: usize, new: T) -> &mut T {
        let key = name.to_ascii_lowercase();
        let has_room = self.0.len() < most || self.0.contains_key(&key);
        let (key, name) = if has_room { (key, name) } else { (OTHER.to_owned(), OTHER) };
        &mut self.0.entry(key).or_insert_with(|| (name.to_owned(), new)).1
    }

    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Each name in its first spelling, and what is known of it.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(String, T)> {
        self.0.values()
    }

    /// The same, by value.
    pub(super) fn into_values(self) -> impl Iterator<Item = (String, T)> {
        self.0.into_values()
    }
}
