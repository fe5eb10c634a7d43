//! What the requests of a tenant showed, without any value: a fold of records.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kind::ResourceKind;
use crate::record::RequestRecord;
use crate::seen::Seen;
use crate::shape::Form;

/// After so long without a request another cycle begins. Entra's begin every 40 minutes.
const PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// The most kinds of errors that are told apart.
const MAX_ERRORS: usize = 64;

/// The most attributes that are told apart; SCIM has fewer.
const MAX_ATTRIBUTES: usize = 64;

/// Of so many hours it is told how requests ended.
const MAX_HOURS: usize = 14 * 24;

/// What the requests of a tenant showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observations {
    /// Requests with a good credential.
    pub requests: Option<Seen>,
    /// Reads that were answered well: Test Connection is the first.
    pub reads: Option<Seen>,
    /// When a cycle began.
    pub cycles: Option<Seen>,
    /// Users that were made.
    pub users_made: Option<Seen>,
    /// Groups that were made.
    pub groups_made: Option<Seen>,
    /// Requests that gave a group members.
    pub members_added: Option<Seen>,
    /// Users that were deleted.
    pub users_deleted: Option<Seen>,
    /// `externalId` as an address; as an objectId; otherwise.
    pub external_ids: Forms,
    /// `userName` likewise.
    pub user_names: Forms,
    /// `active`, with any value.
    pub active_sent: Option<Seen>,
    /// `active` as false.
    pub active_false: Option<Seen>,
    /// Groups as members.
    pub groups_as_members: Option<Seen>,
    /// Users that were made with, and without, a mobile number.
    pub with_mobile: Option<Seen>,
    /// Without one.
    pub without_mobile: Option<Seen>,
    /// Attributes of users, by the names that SCIM has for them.
    pub attributes: BTreeMap<String, Seen>,
    /// Requests without a good credential.
    pub unauthorized: Option<Seen>,
    /// Requests that were refused since the integration is not active.
    pub while_inactive: Option<Seen>,
    /// Other errors, by method, route, status and `scimType`.
    pub errors: BTreeMap<(String, String, u16, Option<String>), Seen>,
    /// How requests ended, by the hour since 1970 in which they came.
    pub hours: BTreeMap<i64, Results>,
}

/// How many requests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// Below 400.
    pub done: u64,
    /// From 400 to 499.
    pub refused: u64,
    /// From 500 on.
    pub failed: u64,
}

/// How often each form was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forms {
    /// An address.
    pub address: Option<Seen>,
    /// A UUID.
    pub object_id: Option<Seen>,
    /// Anything else.
    pub other: Option<Seen>,
}

impl Forms {
    fn observe(&mut self, form: Form, at: Timestamp) {
        Seen::again(
            match form {
                Form::Address => &mut self.address,
                Form::ObjectId => &mut self.object_id,
                Form::Other => &mut self.other,
            },
            at,
        );
    }
}

/// How far a connection has come: when each was seen first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Milestones {
    /// A read that was answered well, as Test Connection is one.
    pub connected_at: Option<Timestamp>,
    /// The first user.
    pub first_user_at: Option<Timestamp>,
    /// The first group.
    pub first_group_at: Option<Timestamp>,
    /// The first member of a group.
    pub first_member_at: Option<Timestamp>,
    /// When the last cycle began.
    pub last_cycle_at: Option<Timestamp>,
    /// The last request.
    pub last_request_at: Option<Timestamp>,
}

impl Observations {
    /// Takes a record in.
    pub fn observe(&mut self, record: &RequestRecord) {
        let at = record.at;
        self.count(record);
        if record.status == 401 {
            return Seen::again(&mut self.unauthorized, at);
        }
        let before = self.requests.map(|seen| seen.last);
        if before.is_none_or(|before| at.duration_since(before) > PAUSE) {
            Seen::again(&mut self.cycles, at);
        }
        Seen::again(&mut self.requests, at);
        match record.status {
            403 => Seen::again(&mut self.while_inactive, at),
            400.. => self.error(record),
            _ => self.done(record),
        }
        self.shapes(record);
    }

    fn count(&mut self, record: &RequestRecord) {
        let results = self.hours.entry(record.at.as_second().div_euclid(3600)).or_default();
        match record.status {
            ..400 => results.done += 1,
            400..500 => results.refused += 1,
            500.. => results.failed += 1,
        }
        if self.hours.len() > MAX_HOURS {
            self.hours.pop_first();
        }
    }

    fn error(&mut self, record: &RequestRecord) {
        let RequestRecord { method, route, status, scim_type, .. } = record;
        let kind = (method.clone(), route.clone(), *status, scim_type.clone());
        if self.errors.len() < MAX_ERRORS || self.errors.contains_key(&kind) {
            let mut seen = self.errors.get(&kind).copied();
            Seen::again(&mut seen, record.at);
            self.errors.extend(seen.map(|seen| (kind, seen)));
        }
    }

    fn done(&mut self, record: &RequestRecord) {
        let at = record.at;
        if record.is_read() {
            return Seen::again(&mut self.reads, at);
        }
        match (record.method.as_str(), record.kind) {
            ("POST", Some(ResourceKind::User)) if record.status == 201 => {
                Seen::again(&mut self.users_made, at);
                let mobile = record.shape.mobile;
                let of = if mobile { &mut self.with_mobile } else { &mut self.without_mobile };
                Seen::again(of, at);
            }
            ("POST", Some(ResourceKind::Group)) if record.status == 201 => {
                Seen::again(&mut self.groups_made, at);
            }
            ("DELETE", Some(ResourceKind::User)) => Seen::again(&mut self.users_deleted, at),
            _ => {}
        }
        if record.shape.members > 0 {
            Seen::again(&mut self.members_added, at);
        }
    }

    /// Also what was refused tells how the mapping is.
    fn shapes(&mut self, record: &RequestRecord) {
        let (shape, at) = (&record.shape, record.at);
        if let Some(form) = shape.external_id {
            self.external_ids.observe(form, at);
        }
        if let Some(form) = shape.user_name {
            self.user_names.observe(form, at);
        }
        if let Some(active) = shape.active {
            Seen::again(&mut self.active_sent, at);
            if !active {
                Seen::again(&mut self.active_false, at);
            }
        }
        for name in &shape.attributes {
            if self.attributes.len() < MAX_ATTRIBUTES || self.attributes.contains_key(name) {
                let mut seen = self.attributes.get(name).copied();
                Seen::again(&mut seen, at);
                self.attributes.extend(seen.map(|seen| (name.clone(), seen)));
            }
        }
        if shape.groups_as_members > 0 {
            Seen::again(&mut self.groups_as_members, at);
        }
    }

    /// How far the connection has come.
    pub fn milestones(&self) -> Milestones {
        let first = |seen: Option<Seen>| seen.map(|seen| seen.first);
        Milestones {
            connected_at: first(self.reads),
            first_user_at: first(self.users_made),
            first_group_at: first(self.groups_made),
            first_member_at: first(self.members_added),
            last_cycle_at: self.cycles.map(|seen| seen.last),
            last_request_at: self.requests.map(|seen| seen.last),
        }
    }
}
