//! How users are shown, found and sorted.

use events::ResourceId;
use roster::{People, Person, TenantRoster};
use scim::{
    Attributes, Budget, Filter, GroupRef, Key, Matcher, Meta, ResourceType, Selection, Shown, Sort,
    User, WholeUser,
};

use crate::gateway::answer::version_tag;
use crate::gateway::failure::Failure;
use crate::gateway::pieces::PIECE;
use crate::gateway::weight::{BASIC_WEIGHT, GROUP_WEIGHT, SELECTING};

const USER: ResourceType = ResourceType::User;

/// How users are shown to a caller.
#[derive(Clone)]
pub(in crate::gateway) struct View {
    base_url: String,
    selection: Selection,
}

impl View {
    pub(in crate::gateway) fn new(base_url: String, selection: Selection) -> Self {
        Self { base_url, selection }
    }

    pub(in crate::gateway) fn show(
        &self,
        people: &TenantRoster,
        person: &Person,
        budget: &Budget,
    ) -> Result<Shown, Failure> {
        match &self.selection {
            Selection::All => Ok(self.show_all(people, person)),
            Selection::Only(_) | Selection::Without(_) => {
                let mut whole = self.whole(people, person, self.selection.wants("groups"));
                self.selection.apply(&mut whole, USER, budget)?;
                Ok(Shown::from(&whole))
            }
        }
    }

    /// The answer to a write. It is made, so that a selection that costs too much leaves all in the
    /// answer, rather than turn it into an error.
    pub(in crate::gateway) fn show_written(&self, people: &TenantRoster, person: &Person) -> Shown {
        let selected = self.show(people, person, &Budget::for_question(1));
        selected.unwrap_or_else(|_| self.show_all(people, person))
    }

    fn show_all(&self, people: &TenantRoster, person: &Person) -> Shown {
        let about = self.about(people, person, true);
        let (active, rest) = (person.active(), person.attributes());
        WholeUser::new(person.user_name(), person.external_id(), active, rest, &about)
            .expect("it was written by us")
            .shown()
    }

    /// Whether a part of each user is shown.
    pub(in crate::gateway) fn selects(&self) -> bool {
        self.selection != Selection::All
    }

    /// About how many bytes have to be written to show a user, or as much work as that is.
    pub(in crate::gateway) fn weight(&self, people: &TenantRoster, person: &Person) -> usize {
        // Whoever is in more groups than this is heavy in any case.
        let groups = people.groups_of(person).take(PIECE / GROUP_WEIGHT).count();
        let whole = BASIC_WEIGHT + person.attributes().len() + groups * GROUP_WEIGHT;
        if self.selects() { whole * SELECTING } else { whole }
    }

    pub(in crate::gateway) fn matches(
        &self,
        people: &TenantRoster,
        person: &Person,
        matcher: &Matcher<'_>,
        budget: &Budget,
    ) -> Result<bool, Failure> {
        let whole = self.whole(people, person, matcher.filter().mentions("groups"));
        Ok(matcher.matches(&whole, budget)?)
    }

    /// What a user is sorted by. Only what the roster computes needs the whole user; the rest is
    /// read by itself, since a list of everybody has a key for each.
    pub(in crate::gateway) fn key(
        &self,
        people: &TenantRoster,
        person: &Person,
        sort: &Sort,
        budget: &Budget,
    ) -> Result<Key, Failure> {
        let alone = |name: &str, value| {
            sort.key(&Attributes::from_iter([(name.to_owned(), value)]), budget)
        };
        Ok(match sort.home() {
            Some(name @ "userName") => alone(name, person.user_name().into())?,
            name
            @ (Some("id" | "schemas" | "meta" | "externalId" | "active" | "groups") | None) => {
                sort.key(&self.whole(people, person, name == Some("groups")), budget)?
            }
            Some(name) => match person.attribute(name) {
                Some(value) => alone(name, value)?,
                None => Key::Missing,
            },
        })
    }

    fn whole(&self, people: &TenantRoster, person: &Person, with_groups: bool) -> Attributes {
        user(person).render(&self.about(people, person, with_groups))
    }

    fn about(&self, people: &TenantRoster, person: &Person, with_groups: bool) -> Meta {
        let reference = |group: &roster::Group| {
            let value = group.team.to_string();
            let ref_ = Some([&self.base_url, "/Groups/", &value].concat());
            GroupRef { value, display: Some(group.display_name().to_owned()), ref_ }
        };
        let groups = if with_groups {
            people.groups_of(person).map(reference).collect()
        } else {
            Vec::new()
        };
        let id = person.resource.to_string();
        let location = self.location_of(&id);
        Meta {
            id,
            created: person.created_at.to_string(),
            last_modified: person.changed_at.to_string(),
            version: version_tag(person.version),
            location,
            groups,
        }
    }

    pub(in crate::gateway) fn location(&self, resource: ResourceId) -> String {
        self.location_of(&resource.to_string())
    }

    fn location_of(&self, id: &str) -> String {
        [&self.base_url, "/Users/", id].concat()
    }
}

/// The first `most` of the few who can match at all, in no order, if the filter demands a certain
/// id, name or external id.
pub(in crate::gateway) fn pinned<'r>(
    people: &'r People,
    filter: &Filter,
    most: usize,
) -> Option<Vec<&'r Person>> {
    if let Some(id) = filter.pinned("id") {
        let found = id.parse().ok().and_then(|id| people.by_resource(id));
        return Some(found.into_iter().collect());
    }
    if let Some(name) = filter.pinned("userName") {
        return Some(people.by_user_name(name).into_iter().collect());
    }
    let id = filter.pinned("externalId")?;
    Some(people.by_external_id(id).take(most).collect())
}

/// SCIM's words for what the roster knows.
pub(super) fn user(person: &Person) -> User {
    let profile = person.profile();
    User {
        user_name: profile.user_name.into(),
        external_id: profile.external_id.map(|id| id.0),
        active: person.active(),
        attributes: profile.attributes,
    }
}
