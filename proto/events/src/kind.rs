//! How kinds of events are named.

use crate::{Entity, EventKind};

impl EventKind {
    /// The entity and the fact as one word: `user.created`.
    pub fn name(self) -> String {
        self.to_string()
    }

    /// The kind with this [`name`](Self::name), if this reader knows it.
    pub fn from_name(name: &str) -> Option<Self> {
        let (entity, fact) = name.split_once('.')?;
        Self::with_tokens(Entity::from_token(entity)?, fact)
    }
}

impl std::fmt::Display for EventKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (entity, fact) = self.tokens();
        write!(f, "{}.{fact}", entity.as_str())
    }
}
