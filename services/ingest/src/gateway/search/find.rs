//! Looking at many, a part at a time.

use std::sync::Arc;

use events::{Seq, Tenant};
use roster::{Roster, TenantRoster};
use scim::{Bad, Budget, Filter, Key, Matcher, ScimType, Sort};
use web::workers::Stop;
use writer::Outage;

use super::candidates::{Found, Place, names};
use super::hits::Hits;
use super::page::Page;
use super::question::{Asked, Part, Question};
use crate::gateway::failure::Failure;

/// How many a filter may name so that they are looked at at once.
const FEW: usize = 16;

/// Up to so many bytes of resources are looked at at once.
const LIGHT: usize = 4 << 10;

/// A search that can be interrupted and taken up again, on one and the same roster.
pub(super) struct Search {
    pub(super) question: Question,
    roster: Arc<Roster>,
    tenant: Tenant,
    /// What is being looked at: the one of the types, and where in it.
    asked: usize,
    within: Option<Within>,
    hits: Hits,
}

/// Where in the resources of one type a search is.
struct Within {
    candidates: Candidates,
    budget: Budget,
}

/// Those that can match at all.
enum Candidates {
    /// All that were made after this one.
    After(Seq),
    /// The rest of those that the filter names, the next one last.
    Named(Vec<Place>),
}

impl Search {
    pub(super) fn new(question: Question, roster: Arc<Roster>, tenant: Tenant) -> Self {
        let hits = Hits::new(question.order, &question.part);
        Self { question, roster, tenant, asked: 0, within: None, hits }
    }

    /// Looks at some more, until all were looked at, or others shall have their turn.
    pub(super) fn is_done(&mut self, stop: &Stop) -> Result<bool, Failure> {
        let Self { question, roster, tenant, asked, within, hits } = self;
        let people = roster.tenant(tenant).ok_or(Outage::Fault)?;
        while let Some(part) = question.asked.get(*asked) {
            let Within { candidates, budget } = within.get_or_insert_with(|| part.begin(people));
            let look = Look { question, part, people, budget, stop };
            let done = match candidates {
                Candidates::After(last) => {
                    let filter = part.filter.as_ref();
                    look.at(part.after(people, *last), filter, hits, |place| *last = place.created)?
                }
                Candidates::Named(places) => {
                    // Who bears the one name that is demanded need not be looked at again.
                    let filter = part.filter.as_ref().filter(|filter| !names(filter));
                    let these = places.clone();
                    let found = these.iter().rev().filter_map(|place| place.find(people));
                    look.at(found, filter, hits, |place| {
                        while places.pop().is_some_and(|popped| popped != place) {}
                    })?
                }
            };
            if !done {
                return Ok(false);
            }
            *asked += 1;
            *within = None;
        }
        Ok(true)
    }

    /// What was found.
    pub(super) fn end(self) -> (Question, Page) {
        let (from, count) = match &self.question.part {
            Part::Index(page) => (page.offset(), page.count),
            Part::Cursor { count, .. } => (0, *count),
        };
        (self.question, self.hits.into_page(from, count))
    }
}

/// What a part of a search looks for, and on what terms.
struct Look<'a> {
    question: &'a Question,
    part: &'a Asked,
    people: &'a TenantRoster,
    budget: &'a Budget,
    stop: &'a Stop,
}

impl Look<'_> {
    /// Looks at some, and tells `seen` of each; tells whether it came to their end.
    fn at<'r>(
        &self,
        found: impl Iterator<Item = Found<'r>>,
        filter: Option<&Filter>,
        hits: &mut Hits,
        mut seen: impl FnMut(Place),
    ) -> Result<bool, Failure> {
        let matcher = filter.map(Filter::prepared);
        for one in found {
            if self.stop.is_set() {
                return Err(too_long(self.stop).into());
            }
            if self.stop.is_turn_over() {
                return Ok(false);
            }
            if matcher.as_ref().map_or(Ok(true), |matcher| self.matches(one, matcher))? {
                let key = match &self.part.sort {
                    None => Key::Missing,
                    Some(sort) => self.key(one, sort)?,
                };
                hits.push(key, one.place())?;
            }
            seen(one.place());
        }
        Ok(true)
    }

    fn matches(&self, found: Found<'_>, matcher: &Matcher<'_>) -> Result<bool, Failure> {
        match found {
            Found::User(person) => {
                self.question.users.matches(self.people, person, matcher, self.budget)
            }
            Found::Group(group) => {
                self.question.groups.matches(self.people, group, matcher, self.budget)
            }
        }
    }

    fn key(&self, found: Found<'_>, sort: &Sort) -> Result<Key, Failure> {
        match found {
            Found::User(person) => self.question.users.key(self.people, person, sort, self.budget),
            Found::Group(group) => self.question.groups.key(self.people, group, sort, self.budget),
        }
    }
}

impl Asked {
    fn begin(&self, people: &TenantRoster) -> Within {
        match self.pinned(people, usize::MAX) {
            Some(few) => {
                let mut places: Vec<Place> = few.into_iter().map(Found::place).collect();
                places.sort_unstable_by(|one, other| other.cmp(one));
                let budget = Budget::for_question(places.len());
                Within { candidates: Candidates::Named(places), budget }
            }
            None => Within {
                candidates: Candidates::After(Seq(0)),
                budget: Budget::for_question(self.count(people)),
            },
        }
    }
}

impl Question {
    /// Whether so little has to be looked at that it is done at once: a few that the filter names.
    pub(super) fn is_quick(&self, people: &TenantRoster) -> bool {
        self.asked.iter().all(|asked| {
            let Some(few) = asked.pinned(people, FEW + 1) else { return false };
            let looked_at = asked.sort.is_some() || !asked.filter.as_ref().is_some_and(names);
            let weight = || few.iter().map(|found| self.weight(people, *found)).sum::<usize>();
            few.len() <= FEW && (!looked_at || weight() <= LIGHT)
        })
    }
}

pub(super) fn too_long(stop: &Stop) -> Bad {
    let seconds = stop.time().as_secs();
    let detail = format!(
        "looking at everybody took longer than {seconds} s; name who is wanted by an eq on id, userName, displayName or externalId, or walk through all by cursor without a filter"
    );
    Bad::new(ScimType::TooMany, detail)
}
