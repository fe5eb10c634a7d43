//! A record in the making: what of a request is kept, in the clear or sealed.

use axum::body::Bytes;
use cipher::{Cipher, Context};
use events::{CredentialId, ResourceId, TeamId, Tenant};
use jiff::Timestamp;
use requests::{
    Contents, EventRange, RequestRecord, ResourceKind, Shape, Whose, filter_shape, subject,
    without_names_of_others,
};
use roster::{Roster, TenantRoster};
use serde_json::Value;
use uuid::Uuid;

use super::note::{Answered, Note};

/// What of a request is needed for its record.
#[derive(Debug)]
pub(super) struct Draft {
    tenant: Tenant,
    request: String,
    at: Timestamp,
    method: String,
    route: String,
    id: Option<Uuid>,
    query: Option<String>,
    status: u16,
    scim_type: Option<&'static str>,
    micros: u64,
    credential: Option<CredentialId>,
    events: Option<EventRange>,
    body: Option<Bytes>,
    answer: Option<Bytes>,
}

impl Draft {
    pub(super) fn of(note: &Note, answered: &Answered<'_>) -> Option<Self> {
        let (led, refused) = (answered.led(), answered.refused());
        let credential = note.credential();
        let in_path = || {
            let is_named = note.route().ends_with("{id}");
            let last = note.uri().path().trim_end_matches('/').rsplit('/').next();
            last.filter(|_| is_named).and_then(|last| last.parse().ok())
        };
        // Whoever shows no good credential is nobody of the tenant's: what they say is not kept.
        let said = credential.is_some();
        Some(Self {
            tenant: note.tenant()?.clone(),
            request: note.request().to_owned(),
            at: note.at(),
            method: note.method().as_str().to_owned(),
            route: if said { note.route().to_owned() } else { String::new() },
            id: led.and_then(|led| led.resource).or_else(in_path).filter(|_| said),
            query: note.uri().query().filter(|_| said).map(str::to_owned),
            status: answered.status(),
            scim_type: refused.and_then(|refused| refused.scim_type),
            micros: answered.took.as_micros().try_into().unwrap_or(u64::MAX),
            credential,
            events: led.and_then(|led| led.events),
            body: note.body().filter(|_| said).cloned(),
            answer: refused.filter(|_| said).map(|refused| refused.text.clone()),
        })
    }

    /// The record, and its subject.
    pub(super) fn finish(self, roster: &Roster, cipher: &Cipher) -> (String, Bytes) {
        let roster = roster.tenant(&self.tenant);
        let kind = ResourceKind::of_route(&self.route);
        let body = self.body.as_deref().and_then(|text| serde_json::from_slice::<Value>(text).ok());
        let filter = self.filter(body.as_ref());
        let employee = match (kind, self.id) {
            (Some(ResourceKind::User), Some(id)) => {
                roster.and_then(|roster| roster.people().ever_had(ResourceId(id)))
            }
            (Some(ResourceKind::User | ResourceKind::Group) | None, _) => None,
        };
        let whose = Whose::of(kind, employee.is_some(), filter.as_deref(), body.as_ref());
        let tag = |name: Option<&str>| {
            let context = self.context("request person");
            name.map(|name| cipher.tag(context, name.as_bytes()))
        };
        let (user_name, external_id) = match &whose {
            Whose::Person { user_name, external_id } => {
                (tag(user_name.as_deref()), tag(external_id.as_deref()))
            }
            Whose::Group | Whose::Unclear => (None, None),
        };
        let is_group = |id: &str| is_group(roster, id);
        let shape = Shape::of(kind, body.as_ref(), is_group);
        let contents = self.contents(body, &whose).and_then(|contents| {
            let text = serde_json::to_vec(&contents).ok()?;
            Some(cipher.encrypt(self.context("request"), &text))
        });
        let is_error = self.status >= 400;
        let names = (user_name.as_deref(), external_id.as_deref());
        let subject = subject(&self.tenant, (&self.method, is_error), employee, names);
        let record = RequestRecord {
            kind,
            resource: self.id,
            filter: filter.as_deref().map(filter_shape),
            scim_type: self.scim_type.map(str::to_owned),
            employee,
            shape,
            contents,
            request: self.request,
            at: self.at,
            method: self.method,
            route: self.route,
            status: self.status,
            micros: self.micros,
            credential: self.credential,
            events: self.events,
        };
        let body = serde_json::to_vec(&record).expect("records have string keys only");
        (subject, body.into())
    }

    fn context(&self, purpose: &'static str) -> Context<'_> {
        Context { tenant: self.tenant.as_str(), purpose }
    }

    /// The filter of the query, or of a search by POST.
    fn filter(&self, body: Option<&Value>) -> Option<String> {
        let of_search = body.filter(|_| self.route.ends_with(".search"));
        if let Some(filter) = of_search.and_then(|search| search["filter"].as_str()) {
            return Some(filter.to_owned());
        }
        let query = self.query.as_deref()?;
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
        pairs.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("filter")).map(|(_, of)| of)
    }

    /// What was said, where it is clear whose it is: else nobody could find it again to erase it.
    fn contents(&self, body: Option<Value>, whose: &Whose) -> Option<Contents> {
        if *whose == Whose::Unclear {
            return None;
        }
        let answer = self.answer.as_deref().and_then(|text| serde_json::from_slice(text).ok());
        let contents =
            Contents { query: self.query.clone(), body: body.map(without_names_of_others), answer };
        (contents != Contents::default()).then_some(contents)
    }
}

fn is_group(roster: Option<&TenantRoster>, id: &str) -> bool {
    let id: Option<TeamId> = id.parse().ok();
    id.zip(roster).is_some_and(|(id, roster)| roster.groups().get(id).is_some())
}
