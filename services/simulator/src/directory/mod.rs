//! The customer's directory in Entra: the people and groups that are to be provisioned.

mod file;
mod generate;
mod names;
mod person_generator;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use file::BadDirectory;
pub use generate::generate;
pub(crate) use person_generator::PersonGenerator;

/// The id that Entra gives to a person or a group. It is never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectId(Uuid);

impl ObjectId {
    pub(crate) const MIN: Self = Self(Uuid::nil());
    pub(crate) const MAX: Self = Self(Uuid::max());

    /// The id drawn by `rng`.
    pub(crate) fn draw(rng: &mut fastrand::Rng) -> Self {
        Self(uuid::Builder::from_random_bytes(rng.u128(..).to_be_bytes()).into_uuid())
    }

    /// The id that stands for `text` when a file names an object but gives no id: always the same.
    pub(crate) fn of_text(text: &str) -> Self {
        // FNV-1a: short, and stable for ever, which the standard library's hasher is not.
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self::draw(&mut fastrand::Rng::with_seed(hash))
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Everyone and every group that the customer keeps in Entra.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    /// All people, those in the recycle bin too.
    pub people: BTreeMap<ObjectId, Person>,
    /// All groups.
    pub groups: BTreeMap<ObjectId, Group>,
}

/// One person in Entra, with the attributes that any mapping may read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The immutable id of the object.
    pub object_id: ObjectId,
    /// The login name.
    pub user_principal_name: String,
    /// The name to show.
    pub display_name: String,
    /// The given name.
    pub given_name: String,
    /// The family name.
    pub surname: String,
    /// The e-mail address.
    #[serde(default)]
    pub mail: Option<String>,
    /// The mobile number.
    #[serde(default)]
    pub mobile: Option<String>,
    /// Free text; the payroll's key for this person where the customer keeps one.
    #[serde(default)]
    pub employee_id: Option<String>,
    /// The department.
    #[serde(default)]
    pub department: Option<String>,
    /// The job title.
    #[serde(default)]
    pub job_title: Option<String>,
    /// The manager.
    #[serde(default)]
    pub manager: Option<ObjectId>,
    /// In the recycle bin, from where a person can be restored for 30 days.
    #[serde(default)]
    pub is_soft_deleted: bool,
    /// When they were put into the recycle bin.
    #[serde(default)]
    pub deleted_at: Option<Timestamp>,
    /// Assigned to the application, and passed by its scoping filter.
    #[serde(default = "yes")]
    pub in_scope: bool,
}

impl Person {
    /// Whether this person is to have access: assigned, and not in the recycle bin.
    pub fn is_live(&self) -> bool {
        self.in_scope && !self.is_soft_deleted
    }

    /// The login name of somebody in the recycle bin whom Entra has renamed: the object id, and the
    /// name from before. It does not do so to everybody.
    pub(crate) fn name_in_recycle_bin(&self) -> Option<String> {
        let Self { object_id: ObjectId(id), user_principal_name: name, .. } = self;
        let renamed = self.is_soft_deleted && id.as_u128().is_multiple_of(2);
        renamed.then(|| format!("{}{name}", id.simple()))
    }
}

/// One group in Entra. Its members are users only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The immutable id of the object.
    pub object_id: ObjectId,
    /// The name to show.
    pub display_name: String,
    /// What the group is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Who is in it.
    #[serde(default)]
    pub members: BTreeSet<ObjectId>,
}

impl Directory {
    /// A directory of these people and groups; of two with one id, the later stays.
    pub fn of(
        people: impl IntoIterator<Item = Person>,
        groups: impl IntoIterator<Item = Group>,
    ) -> Self {
        Self {
            people: people.into_iter().map(|person| (person.object_id, person)).collect(),
            groups: groups.into_iter().map(|group| (group.object_id, group)).collect(),
        }
    }

    /// Takes a person out for good: from the directory, from every group, and as a manager.
    pub fn purge(&mut self, person: ObjectId) -> Option<Person> {
        for group in self.groups.values_mut() {
            group.members.remove(&person);
        }
        for report in self.people.values_mut().filter(|other| other.manager == Some(person)) {
            report.manager = None;
        }
        self.people.remove(&person)
    }
}

fn yes() -> bool {
    true
}
