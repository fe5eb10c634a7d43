//! Finding, sorting and paging.

use std::cmp::Ordering;

use events::Seq;
use roster::{Group, Person, TenantRoster};
use scim::messages::ListResponse;
use scim::{Budget, Filter, Key, Matcher, ResourceType, Shown, Sort};
use serde::{Deserialize, Serialize};

use super::cursor::Cursor;
use super::question::{Asked, Part, Question};
use crate::gateway::failure::Failure;
use crate::gateway::{groups, users};

/// A resource that was found.
#[derive(Clone, Copy)]
pub(super) enum Found<'r> {
    User(&'r Person),
    Group(&'r Group),
}

/// A place in a list, which stays one when resources come and go: after everything that sorts
/// before it, of an earlier type, or was made earlier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) key: Key,
    pub(super) resource: ResourceType,
    pub(super) created: u64,
}

/// The resources on a page.
struct Page<'r> {
    /// How many there are in all.
    total: usize,
    found: Vec<Found<'r>>,
    /// Where it ends, unless it is the last.
    end: Option<Mark>,
}

impl Question {
    pub(super) fn answer(&self, people: &TenantRoster) -> Result<ListResponse, Failure> {
        let page = if self.is_plain() { self.walk(people) } else { self.pick(people)? };
        let budget = Budget::for_question(page.found.len());
        let shown = page.found.iter().map(|found| self.show(people, *found, &budget));
        let shown = shown.collect::<Result<Vec<Shown>, Failure>>()?;
        Ok(match &self.part {
            Part::Index(asked) => ListResponse::new(page.total, asked.start_index, shown),
            Part::Cursor { after, count, question } => {
                // A page of none ends where it begins.
                let end = if *count == 0 && page.end.is_none() { after.clone() } else { page.end };
                let more = if *count == 0 { page.total > 0 } else { end.is_some() };
                let next = Cursor { question: *question, after: end };
                ListResponse::by_cursor(page.total, more.then(|| next.write()), shown)
            }
        })
    }

    /// A page of everything in order of creation, found without looking at what is not on it.
    fn walk<'r>(&self, people: &'r TenantRoster) -> Page<'r> {
        let total = self.asked.iter().map(|asked| asked.count(people)).sum();
        let mut found = Vec::new();
        let count = match &self.part {
            Part::Index(page) => {
                let mut offset = page.offset();
                for asked in &self.asked {
                    found.extend(asked.skipping(people, offset).take(page.count - found.len()));
                    offset = offset.saturating_sub(asked.count(people));
                }
                page.count
            }
            Part::Cursor { after, count, .. } => {
                for asked in &self.asked {
                    let rest = match after {
                        Some(mark) if asked.resource < mark.resource => continue,
                        Some(mark) if asked.resource == mark.resource => {
                            asked.after(people, Seq(mark.created))
                        }
                        Some(_) | None => asked.skipping(people, 0),
                    };
                    // One more than there is room for tells whether there is another page.
                    found.extend(rest.take(count + 1 - found.len()));
                }
                *count
            }
        };
        let more = found.len() > count;
        found.truncate(count);
        let end = found.last().filter(|_| more).map(|last| last.mark(Key::Missing));
        Page { total, found, end }
    }

    /// A page of those who match, sorted.
    fn pick<'r>(&self, people: &'r TenantRoster) -> Result<Page<'r>, Failure> {
        let mut hits: Vec<(Key, Found<'r>)> = Vec::new();
        for asked in &self.asked {
            let (candidates, filter) = match asked.pinned(people) {
                // Who bears the one name that is demanded need not be looked at again.
                Some(few) => (few, asked.filter.as_ref().filter(|filter| !names(filter))),
                None => (asked.skipping(people, 0).collect(), asked.filter.as_ref()),
            };
            let budget = Budget::for_question(candidates.len());
            let matcher = filter.map(Filter::prepared);
            for found in candidates {
                if let Some(matcher) = &matcher
                    && !self.matches(people, found, matcher, &budget)?
                {
                    continue;
                }
                let key = match &asked.sort {
                    None => Key::Missing,
                    Some(sort) => self.key(people, found, sort, &budget)?,
                };
                hits.push((key, found));
            }
        }
        // They come in order of creation, and the sort is stable.
        hits.sort_by(|(one, _), (other, _)| self.order.compare(one, other));
        let (from, count) = match &self.part {
            Part::Index(page) => (page.offset(), page.count),
            Part::Cursor { after: None, count, .. } => (0, *count),
            Part::Cursor { after: Some(mark), count, .. } => {
                (hits.partition_point(|(key, found)| self.reaches(mark, key, *found)), *count)
            }
        };
        let total = hits.len();
        let on_page = hits.get(from..).unwrap_or_default();
        let more = on_page.len() > count;
        let on_page = &on_page[..count.min(on_page.len())];
        let end = on_page.last().filter(|_| more).map(|(key, last)| last.mark(key.clone()));
        Ok(Page { total, found: on_page.iter().map(|(_, found)| *found).collect(), end })
    }

    /// Whether a mark lies behind a resource, or at it.
    fn reaches(&self, mark: &Mark, key: &Key, found: Found<'_>) -> bool {
        let place = (found.resource(), found.created().0);
        let by_key = self.order.compare(key, &mark.key);
        by_key.then(place.cmp(&(mark.resource, mark.created))) != Ordering::Greater
    }

    fn matches(
        &self,
        people: &TenantRoster,
        found: Found<'_>,
        matcher: &Matcher<'_>,
        budget: &Budget,
    ) -> Result<bool, Failure> {
        match found {
            Found::User(person) => self.users.matches(people, person, matcher, budget),
            Found::Group(group) => self.groups.matches(people, group, matcher, budget),
        }
    }

    fn key(
        &self,
        people: &TenantRoster,
        found: Found<'_>,
        sort: &Sort,
        budget: &Budget,
    ) -> Result<Key, Failure> {
        match found {
            Found::User(person) => self.users.key(people, person, sort, budget),
            Found::Group(group) => self.groups.key(people, group, sort, budget),
        }
    }

    fn show(
        &self,
        people: &TenantRoster,
        found: Found<'_>,
        budget: &Budget,
    ) -> Result<Shown, Failure> {
        match found {
            Found::User(person) => self.users.show(people, person, budget),
            Found::Group(group) => self.groups.show(people, group, budget),
        }
    }
}

/// Whether a filter demands a name, and nothing else. (An id has more spellings than the one that
/// an `eq` means.)
fn names(filter: &Filter) -> bool {
    filter.is_pin() && filter.pinned("id").is_none()
}

type Several<'r> = Box<dyn Iterator<Item = Found<'r>> + 'r>;

impl Asked {
    fn count(&self, people: &TenantRoster) -> usize {
        match self.resource {
            ResourceType::User => people.people().count(),
            ResourceType::Group => people.groups().count(),
        }
    }

    fn skipping<'r>(&self, people: &'r TenantRoster, offset: usize) -> Several<'r> {
        match self.resource {
            ResourceType::User => Box::new(people.people().skipping(offset).map(Found::User)),
            ResourceType::Group => Box::new(people.groups().skipping(offset).map(Found::Group)),
        }
    }

    fn after<'r>(&self, people: &'r TenantRoster, created: Seq) -> Several<'r> {
        match self.resource {
            ResourceType::User => Box::new(people.people().after(created).map(Found::User)),
            ResourceType::Group => Box::new(people.groups().after(created).map(Found::Group)),
        }
    }

    /// The few that can match at all, if the filter says so.
    pub(super) fn pinned<'r>(&self, people: &'r TenantRoster) -> Option<Vec<Found<'r>>> {
        let filter = self.filter.as_ref()?;
        Some(match self.resource {
            ResourceType::User => {
                users::pinned(people.people(), filter)?.into_iter().map(Found::User).collect()
            }
            ResourceType::Group => {
                groups::pinned(people.groups(), filter)?.into_iter().map(Found::Group).collect()
            }
        })
    }
}

impl Found<'_> {
    fn resource(self) -> ResourceType {
        match self {
            Self::User(_) => ResourceType::User,
            Self::Group(_) => ResourceType::Group,
        }
    }

    fn created(self) -> Seq {
        match self {
            Self::User(person) => person.created,
            Self::Group(group) => group.created,
        }
    }

    fn mark(self, key: Key) -> Mark {
        Mark { key, resource: self.resource(), created: self.created().0 }
    }
}
