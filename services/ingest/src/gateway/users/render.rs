//! Users as SCIM shows them.

use roster::{Person, TenantRoster};
use scim::{
    Attributes, GroupRef, Matcher, Meta, Rendered, ResourceType, Selection, Sort, SortKey,
    StoredUser, User, WorkBudget,
};

use crate::gateway::bounds::CHUNK;
use crate::gateway::error::ScimError;
use crate::gateway::resource::Resource;
use crate::gateway::size::{GROUP_REF_SIZE, RESOURCE_SIZE, SELECTION_FACTOR};
use crate::gateway::view::{View, location};

/// The text of a user: what the view selects of them.
pub(in crate::gateway) fn render(
    view: &View,
    roster: &TenantRoster,
    person: &Person,
    budget: &WorkBudget,
) -> Result<Rendered, ScimError> {
    match &view.selection {
        Selection::All => Ok(render_whole(view, roster, person)),
        Selection::Only(_) | Selection::Without(_) => {
            let mut whole = attributes(view, roster, person, view.selection.wants("groups"));
            view.selection.apply(&mut whole, ResourceType::User, budget)?;
            Ok(Rendered::from(&whole))
        }
    }
}

/// The text of a whole user, copied from the text that the roster keeps without reading it.
pub(in crate::gateway) fn render_whole(
    view: &View,
    roster: &TenantRoster,
    person: &Person,
) -> Rendered {
    let meta = meta(view, roster, person, true);
    let (active, rest) = (person.active(), person.attributes());
    StoredUser::new(person.user_name(), person.external_id(), active, rest, &meta)
        .expect("the roster's text is JSON that this service wrote")
        .render()
}

/// About how many bytes have to be written to show a user, or as much work as that is.
pub(in crate::gateway) fn size(view: &View, roster: &TenantRoster, person: &Person) -> usize {
    // With so many groups the size is over a chunk, whatever the rest is: no more are counted.
    let groups = roster.groups_of(person).take(CHUNK / GROUP_REF_SIZE).count();
    let whole = RESOURCE_SIZE + person.attributes().len() + groups * GROUP_REF_SIZE;
    if view.is_partial() { whole * SELECTION_FACTOR } else { whole }
}

/// Whether a user matches a filter.
pub(in crate::gateway) fn matches(
    view: &View,
    roster: &TenantRoster,
    person: &Person,
    matcher: &Matcher<'_>,
    budget: &WorkBudget,
) -> Result<bool, ScimError> {
    let whole = attributes(view, roster, person, matcher.filter().mentions("groups"));
    Ok(matcher.matches(&whole, budget)?)
}

/// What a user is sorted by. Only what the roster computes needs the whole user; the rest is read by
/// itself, since a sorted list needs the key of every user.
pub(in crate::gateway) fn sort_key(
    view: &View,
    roster: &TenantRoster,
    person: &Person,
    sort: &Sort,
    budget: &WorkBudget,
) -> Result<SortKey, ScimError> {
    let of_one =
        |name: &str, value| sort.key(&Attributes::from_iter([(name.to_owned(), value)]), budget);
    Ok(match sort.home() {
        Some(name @ "userName") => of_one(name, person.user_name().into())?,
        name @ (Some("id" | "schemas" | "meta" | "externalId" | "active" | "groups") | None) => {
            sort.key(&attributes(view, roster, person, name == Some("groups")), budget)?
        }
        Some(name) => match person.attribute(name) {
            Some(value) => of_one(name, value)?,
            None => SortKey::Missing,
        },
    })
}

/// A user as the SCIM library has it.
pub(in crate::gateway) fn scim_user(person: &Person) -> User {
    let profile = person.profile();
    User {
        user_name: profile.user_name.into(),
        external_id: profile.external_id.map(|id| id.0),
        active: person.active(),
        attributes: profile.attributes,
    }
}

fn attributes(
    view: &View,
    roster: &TenantRoster,
    person: &Person,
    with_groups: bool,
) -> Attributes {
    scim_user(person).render(&meta(view, roster, person, with_groups))
}

fn meta(view: &View, roster: &TenantRoster, person: &Person, with_groups: bool) -> Meta {
    let reference = |group: &roster::Group| {
        let value = group.team.to_string();
        let ref_ = Some(location(&view.base_url, ResourceType::Group, &value));
        GroupRef { value, display: Some(group.display_name().to_owned()), ref_ }
    };
    let groups =
        if with_groups { roster.groups_of(person).map(reference).collect() } else { Vec::new() };
    view.meta(Resource::User(person), groups)
}
