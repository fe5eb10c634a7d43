//! `/Users` and `/Users/{id}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chassis::fresh;
use events::{ExternalId, Profile, ResourceId, Tenant, UserName};
use roster::{Intent, Person, Roster, TenantRoster};
use scim::messages::{ListResponse, Page};
use scim::{
    Attributes, Bad, Edit, Filter, GroupRef, Meta, ResourceType, ScimType, Selection, User,
};

use super::answer::{located, scim_json, written};
use super::body::Body;
use super::caller::Caller;
use super::failure::{Failure, within};
use super::listing::paged;
use super::query::Query;
use crate::{Gateway, Limits};

const USER: ResourceType = ResourceType::User;

/// `POST /Users`: somebody joins, or comes back (RFC 7644 §3.3).
pub(super) async fn create(
    State(gateway): State<Gateway>,
    caller: Caller,
    query: Query,
    Body(body): Body,
) -> Result<Response, Failure> {
    let view = View::new(&gateway, &caller, query.selection(USER)?);
    let user = User::read(body)?;
    let resource = ResourceId(fresh::uuid_v7());
    let (profile, active) = (profile(&user, gateway.limits)?, user.active);
    let wish = move |_: &Roster| {
        Ok::<_, Failure>(Intent::NewUser { resource, profile: profile.clone(), active })
    };
    let done = gateway.clerk.fulfil(caller.signature, wish, move |r| view.of(r, resource)).await?;
    let (body, location) = done.view.expect("a user who was made is in the roster");
    Ok(written(located(scim_json(StatusCode::CREATED, &body), &location), done.position))
}

/// `PUT /Users/{id}`: how the user shall look, as a whole (RFC 7644 §3.5.1).
pub(super) async fn put(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    query: Query,
    Body(body): Body,
) -> Result<Response, Failure> {
    let user = User::read(body)?;
    let wish = move |_: &Person| Ok::<_, Failure>(user.clone());
    change(&gateway, caller, &id, &query, wish).await
}

/// `PATCH /Users/{id}`: how the user shall look, as a difference (RFC 7644 §3.5.2).
pub(super) async fn patch(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    query: Query,
    Body(body): Body,
) -> Result<Response, Failure> {
    let edits: Vec<Edit> = scim::patch::read(body, USER, gateway.limits.operations)?;
    let wish = move |person: &Person| user(person).apply(&edits).map_err(Failure::from);
    change(&gateway, caller, &id, &query, wish).await
}

/// Makes a user as `wish` wants them, given how they are, and answers with how they are then.
async fn change(
    gateway: &Gateway,
    caller: Caller,
    id: &str,
    query: &Query,
    wish: impl Fn(&Person) -> Result<User, Failure> + Send + 'static,
) -> Result<Response, Failure> {
    let resource = resource_id(id)?;
    let view = View::new(gateway, &caller, query.selection(USER)?);
    let (tenant, unknown) = (caller.tenant.clone(), id.to_owned());
    let limits = gateway.limits;
    let wish = move |roster: &Roster| {
        let person = roster.tenant(&tenant).and_then(|t| t.people().by_resource(resource));
        let person = person.ok_or_else(|| Failure::NoSuchResource("user", unknown.clone()))?;
        let user = wish(person)?;
        Ok::<_, Failure>(Intent::User {
            resource,
            profile: profile(&user, limits)?,
            active: user.active,
        })
    };
    let done = gateway.clerk.fulfil(caller.signature, wish, move |r| view.of(r, resource)).await?;
    let (body, _) = done.view.expect("a user who was changed is in the roster");
    Ok(written(scim_json(StatusCode::OK, &body), done.position))
}

/// `DELETE /Users/{id}`: the resource goes; the person stays in the directory as Former.
pub(super) async fn delete(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let resource = resource_id(&id)?;
    let wish = move |_: &Roster| Ok::<_, Failure>(Intent::NoUser { resource });
    let done = gateway.clerk.fulfil(caller.signature, wish, |_| ()).await?;
    Ok(written(StatusCode::NO_CONTENT.into_response(), done.position))
}

/// `GET /Users/{id}`.
pub(super) async fn get(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Failure> {
    let view = View::new(&gateway, &caller, query.selection(USER)?);
    match view.of(&caller.roster, resource_id(&id)?) {
        Some((body, _)) => Ok(scim_json(StatusCode::OK, &body)),
        None => Err(Failure::NoSuchResource("user", id)),
    }
}

/// `GET /Users`: those who match the filter, in the order in which they were made.
pub(super) async fn list(
    State(gateway): State<Gateway>,
    caller: Caller,
    query: Query,
) -> Result<Response, Failure> {
    Ok(scim_json(StatusCode::OK, &search(&gateway, &caller, &query).await?))
}

/// The page of users that a query asks for.
pub(super) async fn search(
    gateway: &Gateway,
    caller: &Caller,
    query: &Query,
) -> Result<ListResponse, Failure> {
    let view = View::new(gateway, caller, query.selection(USER)?);
    let page = query.page()?;
    let Some(filter) = query.filter(USER)? else {
        let people = caller.people();
        let on_page = people.people().skipping(page.offset()).take(page.count);
        let shown = on_page.map(|person| view.show(people, person)).collect();
        return Ok(ListResponse::new(people.people().count(), page.start_index, shown));
    };
    let found = find(caller, &view, filter, page).await?;
    match query.filter_encoded_twice(USER) {
        Some(filter) if found.total_results == 0 => find(caller, &view, filter, page).await,
        Some(_) | None => Ok(found),
    }
}

/// The users who match: by an index where the filter pins one down, else by looking at everybody.
async fn find(
    caller: &Caller,
    view: &View,
    filter: Filter,
    page: Page,
) -> Result<ListResponse, Failure> {
    if let Some(candidates) = pinned(caller.people().people(), &filter) {
        let people = caller.people();
        let matching =
            candidates.into_iter().filter(|person| view.matches(people, person, &filter));
        let (total, found) = paged(matching, page);
        let shown = found.iter().map(|person| view.show(people, person)).collect();
        return Ok(ListResponse::new(total, page.start_index, shown));
    }
    // Everybody is many: not on the threads that answer others.
    let (roster, tenant, view) = (caller.roster.clone(), caller.tenant.clone(), view.clone());
    let search = tokio::task::spawn_blocking(move || {
        let people = roster.tenant(&tenant)?;
        let matching = people.people().skipping(0).filter(|p| view.matches(people, p, &filter));
        let (total, found) = paged(matching, page);
        let shown = found.iter().map(|person| view.show(people, person)).collect();
        Some(ListResponse::new(total, page.start_index, shown))
    });
    search.await.ok().flatten().ok_or(Failure::Outage(crate::outage::Outage::Stopping))
}

/// The few who can match at all, if the filter demands a certain id, name or external id.
fn pinned<'r>(people: &'r roster::People, filter: &Filter) -> Option<Vec<&'r Person>> {
    if let Some(id) = filter.pinned("id") {
        let found = id.parse().ok().and_then(|id| people.by_resource(id));
        return Some(found.into_iter().collect());
    }
    if let Some(name) = filter.pinned("userName") {
        return Some(people.by_user_name(name).into_iter().collect());
    }
    let id = filter.pinned("externalId")?;
    let mut found: Vec<_> = people.by_external_id(id).collect();
    found.sort_by_key(|person| person.created);
    Some(found)
}

/// How users are shown to this caller.
#[derive(Clone)]
struct View {
    tenant: Tenant,
    base_url: String,
    selection: Selection,
}

impl View {
    fn new(gateway: &Gateway, caller: &Caller, selection: Selection) -> Self {
        let base_url = gateway.scim_base_url(&caller.tenant);
        Self { tenant: caller.tenant.clone(), base_url, selection }
    }

    /// A user and their location; none if there is no such user.
    fn of(&self, roster: &Roster, resource: ResourceId) -> Option<(Attributes, String)> {
        let people = roster.tenant(&self.tenant)?;
        let person = people.people().by_resource(resource)?;
        Some((self.show(people, person), self.location(person)))
    }

    fn show(&self, people: &TenantRoster, person: &Person) -> Attributes {
        let mut whole = self.whole(people, person, self.selection.wants("groups"));
        self.selection.apply(&mut whole, USER);
        whole
    }

    fn matches(&self, people: &TenantRoster, person: &Person, filter: &Filter) -> bool {
        filter.matches(&self.whole(people, person, filter.mentions("groups")))
    }

    fn whole(&self, people: &TenantRoster, person: &Person, with_groups: bool) -> Attributes {
        let reference = |group: &roster::Group| GroupRef {
            value: group.team.to_string(),
            display: Some(group.display_name().to_owned()),
            ref_: Some(format!("{}/Groups/{}", self.base_url, group.team)),
        };
        let groups = if with_groups {
            people.groups_of(person.employee).map(reference).collect()
        } else {
            Vec::new()
        };
        user(person).render(&Meta {
            id: person.resource.to_string(),
            created: person.created_at.to_string(),
            last_modified: person.changed_at.to_string(),
            version: format!("W/\"{}\"", person.version),
            location: self.location(person),
            groups,
        })
    }

    fn location(&self, person: &Person) -> String {
        format!("{}/Users/{}", self.base_url, person.resource)
    }
}

/// Ids are ours; a text that is no id names nobody.
fn resource_id(text: &str) -> Result<ResourceId, Failure> {
    text.parse().map_err(|_| Failure::NoSuchResource("user", text.to_owned()))
}

/// SCIM's words for what the roster knows.
fn user(person: &Person) -> User {
    let profile = person.profile();
    User {
        user_name: profile.user_name.into(),
        external_id: profile.external_id.map(|id| id.0),
        active: person.active(),
        attributes: profile.attributes,
    }
}

/// The roster's words for what a client sent.
fn profile(user: &User, limits: Limits) -> Result<Profile, Failure> {
    let user_name: UserName = user.user_name.parse().map_err(|error: events::BadUserName| {
        Failure::Bad(Bad::new(ScimType::InvalidValue, error.to_string()))
    })?;
    let external_id = user.external_id.clone().map(ExternalId);
    let profile = Profile { user_name, external_id, attributes: user.attributes.clone() };
    within(&profile, limits.resource)?;
    Ok(profile)
}
