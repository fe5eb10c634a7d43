//! The text of a page, resource by resource.

use std::sync::Arc;

use events::Tenant;
use roster::{Roster, TenantRoster};
use scim::WorkBudget;
use scim::messages::ListResponse;
use web::workers::Stop;
use writer::Outage;

use super::cursor::Cursor;
use super::matches::Match;
use super::query::{ListQuery, Paging};
use super::result_page::ResultPage;
use super::timeout::timed_out;
use crate::gateway::bounds::CHUNK;
use crate::gateway::error::ScimError;
use crate::gateway::render;
use crate::gateway::streaming::Next;

/// What comes after the last resource.
const END: &[u8] = b"]}";

/// All that a response says before its first resource.
pub(super) fn head(query: &ListQuery, page: &ResultPage) -> Vec<u8> {
    let mut list = match &query.paging {
        Paging::Index(asked) => ListResponse::new(page.total, asked.start_index, Vec::new()),
        Paging::Cursor { after, count, fingerprint } => {
            // A page of none ends where it begins.
            let end = match &page.end {
                None if *count == 0 => after,
                end => end,
            };
            let has_more = if *count == 0 { page.total > 0 } else { end.is_some() };
            let next = Cursor { query: *fingerprint, after: end.clone() };
            ListResponse::by_cursor(
                page.total,
                has_more.then(|| next.write(&query.positions)),
                Vec::new(),
            )
        }
    };
    list.items_per_page = page.matches.len();
    let mut text = serde_json::to_vec(&list).expect("lists have string keys only");
    text.truncate(text.len() - END.len());
    text
}

/// Writes the resources of a page. It keeps the roster that they were found in, and so what of it has
/// changed since.
pub(super) struct PageWriter {
    query: ListQuery,
    roster: Arc<Roster>,
    tenant: Tenant,
    matches: Vec<Match>,
    /// The index of the resource that comes next.
    next: usize,
}

impl PageWriter {
    /// A writer of these resources.
    pub(super) fn new(
        query: ListQuery,
        matches: Vec<Match>,
        roster: Arc<Roster>,
        tenant: Tenant,
    ) -> Self {
        Self { query, roster, tenant, matches, next: 0 }
    }

    /// Whether all of it is about as much as one chunk.
    pub(super) fn is_small(&self) -> bool {
        let mut size = 0;
        self.matches.iter().all(|found| {
            size += self.size(*found);
            size <= CHUNK
        })
    }

    /// The size of the resource that comes next.
    pub(super) fn next_size(&self) -> usize {
        self.matches.get(self.next).map_or(0, |found| self.size(*found))
    }

    /// What it may cost to write all of them.
    pub(super) fn budget(&self) -> WorkBudget {
        WorkBudget::for_question(self.matches.len())
    }

    /// Whether what the client selects may cost more than the budget.
    pub(super) fn may_exceed_budget(&self) -> bool {
        self.query.is_partial()
    }

    /// Writes all that is left.
    pub(super) fn write_all(&mut self, text: &mut Vec<u8>) -> Result<(), ScimError> {
        let budget = self.budget();
        while self.next < self.matches.len() {
            self.write_one(text, &budget)?;
        }
        text.extend_from_slice(END);
        Ok(())
    }

    /// Writes the next chunk. It ends with the resource that exceeds it.
    pub(super) fn write_chunk(&mut self, text: &mut Vec<u8>) -> Result<Next, ScimError> {
        while self.next < self.matches.len() {
            if text.len() >= CHUNK {
                return Ok(Next::Chunk(self.next_size()));
            }
            self.write_one(text, &WorkBudget::for_question(1))?;
        }
        text.extend_from_slice(END);
        Ok(Next::End)
    }

    /// Renders the next resources and drops the text, until the turn is over; tells whether that was
    /// the last of them. So it is known whether the budget suffices for the whole page before its first
    /// byte is sent.
    pub(super) fn dry_run(&mut self, budget: &WorkBudget, stop: &Stop) -> Result<bool, ScimError> {
        while self.next < self.matches.len() {
            if stop.is_set() {
                return Err(timed_out(stop).into());
            }
            if stop.is_turn_over() {
                return Ok(false);
            }
            self.write_one(&mut Vec::new(), budget)?;
        }
        self.next = 0;
        Ok(true)
    }

    fn write_one(&mut self, text: &mut Vec<u8>, budget: &WorkBudget) -> Result<(), ScimError> {
        let roster = self.tenant_roster().ok_or(Outage::Fault)?;
        let found = self.matches[self.next];
        let resource = found.find(roster).ok_or(Outage::Fault)?;
        let view = self.query.view(found.key.resource_type());
        let resource = render::render(view, roster, resource, budget)?;
        if self.next > 0 {
            text.push(b',');
        }
        text.append(&mut resource.into_bytes());
        self.next += 1;
        Ok(())
    }

    fn size(&self, found: Match) -> usize {
        let resource = self.tenant_roster().and_then(|roster| Some((roster, found.find(roster)?)));
        let view = self.query.view(found.key.resource_type());
        resource.map_or(0, |(roster, resource)| render::size(view, roster, resource))
    }

    fn tenant_roster(&self) -> Option<&TenantRoster> {
        self.roster.tenant(&self.tenant)
    }
}
