//! One person, in as few bytes as will do: the roster holds hundreds of thousands.

use std::collections::BTreeMap;
use std::sync::Arc;

use events::{EmployeeId, ExternalId, Profile, ResourceId, Seq, Standing, UserName, UserState};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// A person, and a SCIM resource that describes them: the newest, or one that it superseded and that
/// was not deleted yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The person, by the id that stays the same for good.
    pub employee: EmployeeId,
    /// The resource, which is the person's last one if it is [`gone`](Self::gone).
    pub resource: ResourceId,
    /// Whether the resource was deleted. The person stays, as Former.
    pub gone: bool,
    /// Active if the resource is. So is the person if any of theirs is: [`TenantRoster::standing`].
    ///
    /// [`TenantRoster::standing`]: crate::TenantRoster::standing
    pub standing: Standing,
    /// When the resource was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// The event that made the resource.
    pub created: Seq,
    /// The event that last changed it: the resource's version.
    pub version: Seq,
    pub(crate) user_name: Arc<str>,
    pub(crate) external_id: Option<Arc<str>>,
    /// The other attributes as JSON text, a fifth of the size of the tree.
    pub(crate) attributes: Arc<str>,
}

impl Person {
    /// A person whose resource begins with `state`.
    pub(crate) fn arriving(state: &UserState, seq: Seq, at: Timestamp) -> Self {
        let profile = &state.profile;
        let attributes =
            serde_json::to_string(&profile.attributes).expect("a map with text keys is JSON");
        Self {
            employee: state.employee_id,
            resource: state.resource_id,
            gone: false,
            standing: state.standing,
            created_at: at,
            changed_at: at,
            created: seq,
            version: seq,
            user_name: profile.user_name.as_str().into(),
            external_id: profile.external_id.as_ref().map(|id| id.as_str().into()),
            attributes: attributes.into(),
        }
    }

    /// The user name, as it was sent.
    pub fn user_name(&self) -> &str {
        &self.user_name
    }

    /// The `externalId`, as it was sent.
    pub fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    /// The name to show, if the directory gave one.
    pub fn display_name(&self) -> Option<String> {
        self.attribute("displayName")?.as_str().map(str::to_owned)
    }

    /// The attributes without a field of their own, as JSON text.
    pub fn attributes(&self) -> &str {
        &self.attributes
    }

    /// One of the attributes without a field of their own, whatever the case of its name; found
    /// without reading the whole profile.
    pub fn attribute(&self, name: &str) -> Option<Value> {
        let attributes: BTreeMap<String, &RawValue> =
            serde_json::from_str(&self.attributes).expect("it was written by us");
        let value = attributes.get(name).or_else(|| {
            let same = attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            same.map(|(_, value)| value)
        });
        serde_json::from_str(value?.get()).ok()
    }

    /// Where somebody stands who is active or not.
    pub(crate) fn standing_if(active: bool) -> Standing {
        if active { Standing::Active } else { Standing::Former }
    }

    /// Whether the resource is active.
    pub fn active(&self) -> bool {
        self.standing == Standing::Active
    }

    /// The whole profile; read from text each time, so ask once.
    pub fn profile(&self) -> Profile {
        let user_name = UserName::try_from(self.user_name.to_string());
        Profile {
            user_name: user_name.expect("it was a user name when it came"),
            external_id: self.external_id().map(|id| ExternalId(id.to_owned())),
            attributes: serde_json::from_str(&self.attributes).expect("it was written by us"),
        }
    }

    /// The form of the user name under which two spellings of it meet.
    pub(crate) fn user_name_key(&self) -> Arc<str> {
        let key = self.user_name.to_lowercase();
        if *key == *self.user_name { Arc::clone(&self.user_name) } else { key.into() }
    }
}
