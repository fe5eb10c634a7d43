//! A page of what was found, and how it becomes the text of an answer.

use std::sync::Arc;

use events::Tenant;
use roster::{Roster, TenantRoster};
use scim::messages::ListResponse;
use scim::{Budget, Shown};
use web::workers::Stop;
use writer::Outage;

use super::candidates::{Found, Mark, Place};
use super::cursor::Cursor;
use super::question::{Part, Question};
use crate::gateway::failure::Failure;
use crate::gateway::pieces::{More, PIECE};

/// The resources on a page.
#[derive(Debug)]
pub(super) struct Page {
    /// How many there are in all.
    pub(super) total: usize,
    pub(super) places: Vec<Place>,
    /// Where it ends, unless it is the last.
    pub(super) end: Option<Mark>,
}

/// The resources of a page, which are written one after the other. It keeps the roster that they
/// were found in, and so what of it has changed since.
pub(super) struct Rows {
    question: Question,
    roster: Arc<Roster>,
    tenant: Tenant,
    places: Vec<Place>,
    next: usize,
}

impl Question {
    /// All that an answer says before the first resource.
    pub(super) fn head(&self, page: &Page) -> Vec<u8> {
        let mut list = match &self.part {
            Part::Index(asked) => ListResponse::new(page.total, asked.start_index, Vec::new()),
            Part::Cursor { after, count, question } => {
                // A page of none ends where it begins.
                let end = match &page.end {
                    None if *count == 0 => after,
                    end => end,
                };
                let more = if *count == 0 { page.total > 0 } else { end.is_some() };
                let next = more.then(|| Cursor { question: *question, after: end.clone() }.write());
                ListResponse::by_cursor(page.total, next, Vec::new())
            }
        };
        list.items_per_page = page.places.len();
        let mut text = serde_json::to_vec(&list).expect("lists have string keys only");
        text.truncate(text.len() - END.len());
        text
    }

    pub(super) fn weight(&self, people: &TenantRoster, found: Found<'_>) -> usize {
        match found {
            Found::User(person) => self.users.weight(people, person),
            Found::Group(group) => self.groups.weight(group),
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

/// What comes after the last resource.
const END: &[u8] = b"]}";

impl Rows {
    pub(super) fn new(
        question: Question,
        places: Vec<Place>,
        roster: Arc<Roster>,
        tenant: Tenant,
    ) -> Self {
        Self { question, roster, tenant, places, next: 0 }
    }

    /// Whether all of it is about as much as one piece.
    pub(super) fn is_light(&self) -> bool {
        let Ok(people) = self.people() else { return true };
        let mut weight = 0;
        self.places.iter().filter_map(|place| place.find(people)).all(|found| {
            weight += self.question.weight(people, found);
            weight <= PIECE
        })
    }

    /// The weight of the resource that comes next.
    pub(super) fn next_weight(&self) -> usize {
        let next = || self.places.get(self.next)?.find(self.people().ok()?);
        let Some((found, people)) = next().zip(self.people().ok()) else { return 0 };
        self.question.weight(people, found)
    }

    /// What it may cost to show all of them.
    pub(super) fn budget(&self) -> Budget {
        Budget::for_question(self.places.len())
    }

    /// Whether what a client selects may cost more than a question may.
    pub(super) fn may_cost_too_much(&self) -> bool {
        self.question.selects()
    }

    /// Writes all that is left.
    pub(super) fn write_all(&mut self, text: &mut Vec<u8>) -> Result<(), Failure> {
        let budget = self.budget();
        while self.next < self.places.len() {
            self.write_one(text, &budget)?;
        }
        text.extend_from_slice(END);
        Ok(())
    }

    /// Writes the next piece.
    pub(super) fn write(&mut self, text: &mut Vec<u8>) -> Result<More, Failure> {
        while self.next < self.places.len() {
            if text.len() >= PIECE {
                return Ok(More::Follows(self.next_weight()));
            }
            self.write_one(text, &Budget::for_question(1))?;
        }
        text.extend_from_slice(END);
        Ok(More::None)
    }

    /// Writes the next resources and lets the text go again, until others shall have their turn;
    /// tells whether that was the last of them. So it is known before the first byte is sent whether
    /// the whole page can be made.
    pub(super) fn try_out(&mut self, budget: &Budget, stop: &Stop) -> Result<bool, Failure> {
        while self.next < self.places.len() {
            if stop.is_set() {
                return Err(super::find::too_long(stop).into());
            }
            if stop.is_turn_over() {
                return Ok(false);
            }
            self.write_one(&mut Vec::new(), budget)?;
        }
        self.next = 0;
        Ok(true)
    }

    fn write_one(&mut self, text: &mut Vec<u8>, budget: &Budget) -> Result<(), Failure> {
        let people = self.people()?;
        let found = self.places[self.next].find(people).ok_or(Outage::Fault)?;
        let shown = self.question.show(people, found, budget)?;
        if self.next > 0 {
            text.push(b',');
        }
        text.append(&mut shown.into_bytes());
        self.next += 1;
        Ok(())
    }

    fn people(&self) -> Result<&TenantRoster, Failure> {
        Ok(self.roster.tenant(&self.tenant).ok_or(Outage::Fault)?)
    }
}
