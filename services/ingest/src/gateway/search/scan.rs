//! Looking for what matches a query, in steps.

use std::sync::Arc;

use events::{Seq, Tenant};
use roster::{Roster, TenantRoster};
use scim::{Filter, SortKey, WorkBudget};
use web::workers::Stop;
use writer::Outage;

use super::candidates::is_answered_by_index;
use super::matches::Match;
use super::query::{ListQuery, Paging, TypeQuery};
use super::result_page::ResultPage;
use super::timeout::timed_out;
use super::top_matches::TopMatches;
use crate::gateway::error::ScimError;
use crate::gateway::render;
use crate::gateway::resource::Resource;

/// The most resources from an index that are looked at without the worker threads.
const MAX_INLINE_RESOURCES: usize = 16;

/// The most bytes of resources that are looked at without the worker threads.
const MAX_INLINE_BYTES: usize = 4 << 10;

/// A search that can be interrupted and resumed, on one and the same roster.
pub(super) struct Scan {
    query: ListQuery,
    roster: Arc<Roster>,
    tenant: Tenant,
    /// Which of the query's types is being looked at.
    current: usize,
    /// Where in that type; none before its first resource.
    progress: Option<TypeProgress>,
    matches: TopMatches,
}

/// How far the scan of one type is.
struct TypeProgress {
    rest: Candidates,
    budget: WorkBudget,
}

/// The resources of a type that are still to be looked at.
enum Candidates {
    /// All that were created after this event.
    CreatedAfter(Seq),
    /// Those of an index lookup, the next one last.
    FromIndex(Vec<Match>),
}

impl Scan {
    /// A scan that has not begun.
    pub(super) fn new(query: ListQuery, roster: Arc<Roster>, tenant: Tenant) -> Self {
        let matches = TopMatches::new(query.order, &query.paging);
        Self { query, roster, tenant, current: 0, progress: None, matches }
    }

    /// Goes on until all were looked at, or until the turn is over; tells whether it is complete.
    pub(super) fn advance(&mut self, stop: &Stop) -> Result<bool, ScimError> {
        let Self { query, roster, tenant, current, progress, matches } = self;
        let roster = roster.tenant(tenant).ok_or(Outage::Fault)?;
        while let Some(one) = query.types.get(*current) {
            let progress_of_one = progress.get_or_insert_with(|| begin(one, roster));
            let TypeProgress { rest, budget } = progress_of_one;
            let pass = Pass { query, of: one, roster, budget, stop };
            let is_complete = match rest {
                Candidates::CreatedAfter(last) => {
                    let candidates = one.after(roster, *last);
                    pass.run(candidates, one.filter.as_ref(), matches, |seen| *last = seen.created)?
                }
                Candidates::FromIndex(rest) => {
                    let filter = one.filter.as_ref().filter(|it| !is_answered_by_index(it));
                    let copy = rest.clone();
                    let candidates = copy.iter().rev().filter_map(|found| found.find(roster));
                    pass.run(candidates, filter, matches, |seen| {
                        while rest.pop().is_some_and(|popped| popped != seen) {}
                    })?
                }
            };
            if !is_complete {
                return Ok(false);
            }
            *current += 1;
            *progress = None;
        }
        Ok(true)
    }

    /// The query, and the page that answers it.
    pub(super) fn finish(self) -> (ListQuery, ResultPage) {
        let (offset, count) = match &self.query.paging {
            Paging::Index(page) => (page.offset(), page.count),
            Paging::Cursor { count, .. } => (0, *count),
        };
        (self.query, self.matches.into_page(offset, count))
    }
}

/// What one pass over candidates needs.
struct Pass<'a> {
    query: &'a ListQuery,
    of: &'a TypeQuery,
    roster: &'a TenantRoster,
    budget: &'a WorkBudget,
    stop: &'a Stop,
}

impl Pass<'_> {
    /// Looks at candidates until the turn is over, and tells `seen` of each; tells whether it came to
    /// their end.
    fn run<'r>(
        &self,
        candidates: impl Iterator<Item = Resource<'r>>,
        filter: Option<&Filter>,
        top: &mut TopMatches,
        mut seen: impl FnMut(Match),
    ) -> Result<bool, ScimError> {
        let view = self.query.view(self.of.resource_type);
        let matcher = filter.map(Filter::prepared);
        for resource in candidates {
            if self.stop.is_set() {
                return Err(timed_out(self.stop).into());
            }
            if self.stop.is_turn_over() {
                return Ok(false);
            }
            let is_match = match &matcher {
                None => true,
                Some(matcher) => {
                    render::matches(view, self.roster, resource, matcher, self.budget)?
                }
            };
            if is_match {
                let key = match &self.of.sort {
                    None => SortKey::Missing,
                    Some(sort) => render::sort_key(view, self.roster, resource, sort, self.budget)?,
                };
                top.push(key, resource.into())?;
            }
            seen(resource.into());
        }
        Ok(true)
    }
}

fn begin(query: &TypeQuery, roster: &TenantRoster) -> TypeProgress {
    match query.index_lookup(roster, usize::MAX) {
        Some(few) => {
            let mut matches: Vec<Match> = few.into_iter().map(Match::from).collect();
            matches.sort_unstable_by(|one, other| other.cmp(one));
            let budget = WorkBudget::for_question(matches.len());
            TypeProgress { rest: Candidates::FromIndex(matches), budget }
        }
        None => TypeProgress {
            rest: Candidates::CreatedAfter(Seq(0)),
            budget: WorkBudget::for_question(query.count(roster)),
        },
    }
}

/// Whether so little has to be looked at that the worker threads are not needed: a few small resources
/// from an index.
pub(super) fn is_cheap(query: &ListQuery, roster: &TenantRoster) -> bool {
    query.types.iter().all(|one| {
        let Some(few) = one.index_lookup(roster, MAX_INLINE_RESOURCES + 1) else { return false };
        let view = query.view(one.resource_type);
        let is_read = one.sort.is_some() || !one.filter.as_ref().is_some_and(is_answered_by_index);
        let size = || few.iter().map(|found| render::size(view, roster, *found)).sum::<usize>();
        few.len() <= MAX_INLINE_RESOURCES && (!is_read || size() <= MAX_INLINE_BYTES)
    })
}
