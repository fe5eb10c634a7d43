//! One tenant: its people, groups, teams, bookings, credentials, administrators and subscribers.

use std::borrow::Cow;
use std::sync::Arc;

use events::{
    CredentialId, EmployeeId, Extension, IntegrationProfile, OwnTeam, Purpose, Seq, Standing,
    TeamId, TenantId,
};
use imbl::OrdMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::leavers::Leavers;
use crate::members::{MemberKey, Memberships};
use crate::teams::LocalTeams;
use crate::{
    Administrators, Bookings, Credential, Group, Groups, GuardState, Integration, People, Person,
    Subscribers,
};

/// One tenant, as it stands now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TenantRoster {
    pub(crate) id: Option<TenantId>,
    pub(crate) integration: Option<Integration>,
    pub(crate) credentials: OrdMap<CredentialId, Arc<Credential>>,
    pub(crate) administrators: Administrators,
    pub(crate) people: People,
    pub(crate) groups: Groups,
    pub(crate) memberships: Memberships,
    pub(crate) local: LocalTeams,
    pub(crate) bookings: Bookings,
    pub(crate) leavers: Leavers,
    /// What the tenant adds to SCIM's schemas, by URN without regard to case.
    pub(crate) extensions: OrdMap<String, Arc<Extension>>,
    pub(crate) guard: GuardState,
    pub(crate) subscribers: Subscribers,
    /// The last departure of which a receipt was closed, of each person who has any.
    pub(crate) receipts: OrdMap<EmployeeId, Seq>,
    /// The people who were erased, each with the last of their events that is named.
    pub(crate) erased: OrdMap<EmployeeId, Seq>,
}

/// Somebody in a group, as SCIM shows them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Member<'a> {
    /// Somebody who is known, by the resource that is shown.
    Person(&'a Person),
    /// A value that names nobody we know, kept as it was sent.
    Unknown(&'a str),
}

impl<'a> Member<'a> {
    /// The value to show: the id of the person's present resource, or the value as it was sent.
    pub fn value(&self) -> Cow<'a, str> {
        match self {
            Self::Person(person) => person.resource.to_string().into(),
            Self::Unknown(value) => (*value).into(),
        }
    }
}

impl TenantRoster {
    /// None only for a tenant whose own beginning is not in the log.
    pub fn id(&self) -> Option<TenantId> {
        self.id
    }

    /// The integration, once it was activated for the first time.
    pub fn integration(&self) -> Option<&Integration> {
        self.integration.as_ref()
    }

    /// A credential, revoked or not.
    pub fn credential(&self, id: &CredentialId) -> Option<&Credential> {
        self.credentials.get(id).map(Arc::as_ref)
    }

    /// All credentials, revoked ones too, in the order of the log: the oldest first.
    pub fn credentials(&self) -> impl Iterator<Item = &Credential> {
        let mut credentials: Vec<&Credential> =
            self.credentials.values().map(Arc::as_ref).collect();
        credentials.sort_unstable_by_key(|credential| credential.issued);
        credentials.into_iter()
    }

    /// The secret tokens that a rotation at this time would end, the oldest first: all that were not revoked but
    /// for the newest of those that live, which goes on beside the one that comes.
    pub fn ended_by_rotation(&self, now: Timestamp) -> Vec<&Credential> {
        let tokens = || self.credentials().filter(|one| one.purpose == Purpose::SecretToken);
        let newest = tokens().filter(|one| one.is_live(now)).last().map(|one| one.id);
        tokens().filter(|one| !one.revoked && Some(one.id) != newest).collect()
    }

    /// All administrators who were not removed.
    pub fn administrators(&self) -> &Administrators {
        &self.administrators
    }

    /// All people, those who have left too.
    pub fn people(&self) -> &People {
        &self.people
    }

    /// All synced groups.
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// All bookings.
    pub fn bookings(&self) -> &Bookings {
        &self.bookings
    }

    /// All subscribers.
    pub fn subscribers(&self) -> &Subscribers {
        &self.subscribers
    }

    /// Up to where in the log the last departure of a person was of which a receipt was closed.
    pub fn closed_receipt(&self, employee: EmployeeId) -> Option<Seq> {
        self.receipts.get(&employee).copied()
    }

    /// Whether a person was erased.
    pub fn is_erased(&self, employee: EmployeeId) -> bool {
        self.erased.contains_key(&employee)
    }

    /// The mass-change guard.
    pub fn guard(&self) -> &GuardState {
        &self.guard
    }

    /// Whether somebody counts as working here: as the directory says, unless a leaver is held or
    /// the departure was reversed. SCIM shows what the directory says ([`Person::active`]).
    pub fn standing(&self, person: &Person) -> Standing {
        match self.guard.standing_override(person.employee) {
            Some(_) => Standing::Active,
            None => self.people.standing(person.employee),
        }
    }

    /// Whether somebody works here by what the directory says alone.
    pub fn directory_standing(&self, person: &Person) -> Standing {
        self.people.standing(person.employee)
    }

    /// The administrators' own teams, in the order of their ids.
    pub fn own_teams(&self) -> impl Iterator<Item = &OwnTeam> {
        self.local.own.values()
    }

    /// The extensions that the tenant has declared.
    pub fn extensions(&self) -> impl Iterator<Item = &Extension> {
        self.extensions.values().map(Arc::as_ref)
    }

    /// A declared extension, by its URN in any letter case.
    pub fn extension(&self, urn: &str) -> Option<&Extension> {
        self.extensions.get(&extension_key(urn)).map(Arc::as_ref)
    }

    /// A group's members in order of joining; without those whose resource is gone.
    pub fn members<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = Member<'a>> {
        group.member_list.seen.values().flat_map(|key| {
            let (alone, several) = match key {
                MemberKey::Person(employee) => match group.member_list.names(*employee) {
                    [] => (self.people.by_employee(*employee).map(Member::Person), &[][..]),
                    several => (None, several),
                },
                MemberKey::Unknown(value) => (Some(Member::Unknown(value)), &[][..]),
            };
            let several = several.iter().filter_map(|name| self.people.by_resource(*name));
            alone.into_iter().chain(several.map(Member::Person))
        })
    }

    /// Whether a group shows a member with this value.
    pub fn has_member(&self, team: TeamId, value: &str) -> bool {
        let key = MemberKey::of(value, &self.people);
        let shown = match &key {
            MemberKey::Person(_) => {
                let resource = crate::members::resource(value);
                let person = resource.and_then(|resource| self.people.by_resource(resource));
                let group = self.groups.get(team);
                group.zip(person).is_some_and(|(group, person)| shows(group, person))
            }
            MemberKey::Unknown(_) => true,
        };
        shown && self.memberships.get(team, &key).is_some()
    }

    /// The synced groups that a person is in by this resource, whatever was edited locally: SCIM's
    /// `groups`.
    pub fn groups_of<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = &'a Group> {
        let groups = self.memberships.of(person.employee);
        groups.filter_map(|(team, _)| self.groups.get(team)).filter(|group| shows(group, person))
    }

    /// Takes in how an extension is declared.
    pub(crate) fn declare(&mut self, extension: &Extension) {
        self.extensions.insert(extension_key(&extension.urn), Arc::new(extension.clone()));
    }

    /// Takes in that an extension is not declared any more.
    pub(crate) fn undeclare(&mut self, urn: &str) {
        self.extensions.remove(&extension_key(urn));
    }

    /// The product by whose rules people are linked.
    pub(crate) fn product(&self) -> IntegrationProfile {
        self.integration.map_or(IntegrationProfile::Workplace, |integration| integration.profile)
    }
}

/// Whether a group that a person is in shows them by this resource: by any of a person who has one, and
/// by those that the client named of one who has several.
fn shows(group: &Group, person: &Person) -> bool {
    let names = group.member_list.names(person.employee);
    names.is_empty() || names.contains(&person.resource)
}

/// The form under which two spellings of a URN meet (RFC 7643 §2.1).
fn extension_key(urn: &str) -> String {
    urn.to_ascii_lowercase()
}
