//! Users and groups as the resources that clients see: as text, in filters and as sort keys.

use roster::TenantRoster;
use scim::{Matcher, Rendered, Sort, SortKey, WorkBudget};

use super::error::ScimError;
use super::resource::Resource;
use super::view::View;
use super::{groups, users};

/// The text of a resource.
pub(super) fn render(
    view: &View,
    roster: &TenantRoster,
    resource: Resource<'_>,
    budget: &WorkBudget,
) -> Result<Rendered, ScimError> {
    match resource {
        Resource::User(person) => users::render::render(view, roster, person, budget),
        Resource::Group(group) => groups::render::render(view, roster, group, budget),
    }
}

/// The text of a resource that was written. The change is durable, so that a selection that costs
/// too much leaves all in the answer rather than turn it into an error.
pub(super) fn render_written(
    view: &View,
    roster: &TenantRoster,
    resource: Resource<'_>,
) -> Rendered {
    let selected = render(view, roster, resource, &WorkBudget::for_question(1));
    selected.unwrap_or_else(|_| match resource {
        Resource::User(person) => users::render::render_whole(view, roster, person),
        Resource::Group(group) => groups::render::render_whole(view, roster, group),
    })
}

/// About how many bytes have to be written to show a resource, or as much work as that is.
pub(super) fn size(view: &View, roster: &TenantRoster, resource: Resource<'_>) -> usize {
    match resource {
        Resource::User(person) => users::render::size(view, roster, person),
        Resource::Group(group) => groups::render::size(view, group),
    }
}

/// Whether a resource matches a filter.
pub(super) fn matches(
    view: &View,
    roster: &TenantRoster,
    resource: Resource<'_>,
    matcher: &Matcher<'_>,
    budget: &WorkBudget,
) -> Result<bool, ScimError> {
    match resource {
        Resource::User(person) => users::render::matches(view, roster, person, matcher, budget),
        Resource::Group(group) => groups::render::matches(view, roster, group, matcher, budget),
    }
}

/// What a resource is sorted by.
pub(super) fn sort_key(
    view: &View,
    roster: &TenantRoster,
    resource: Resource<'_>,
    sort: &Sort,
    budget: &WorkBudget,
) -> Result<SortKey, ScimError> {
    match resource {
        Resource::User(person) => users::render::sort_key(view, roster, person, sort, budget),
        Resource::Group(group) => groups::render::sort_key(view, roster, group, sort, budget),
    }
}
