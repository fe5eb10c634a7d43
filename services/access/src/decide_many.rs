//! Many bookings of leavers are decided about with one request.

use std::collections::BTreeMap;

use events::{BookingId, BookingSource, EmployeeId, EventId, Seq, Standing, Tenant};
use jiff::Timestamp;
use roster::{
    Booking, BookingDecision, BookingWish, Intent, LeaversIntent, Refusal, Roster, TenantRoster,
    fit_for_cancelling,
};
use writer::Committed;

use crate::{CommandError, in_order};

/// Which bookings of leavers are decided about, and what shall become of each.
#[derive(Clone, Debug)]
pub struct DecideMany {
    /// Whose they are.
    pub tenant: Tenant,
    /// Which.
    pub meant: Meant,
    /// The version of each that whoever decides has seen, as far as they say so.
    pub seen: BTreeMap<BookingId, EventId>,
    /// The one source whose bookings the caller may decide about; none, if all.
    pub source: Option<BookingSource>,
    /// What shall become of each.
    pub wish: BookingWish,
    /// The time, by which a booking is future or past.
    pub now: Timestamp,
}

/// Which bookings are meant.
#[derive(Clone, Debug)]
pub enum Meant {
    /// These, by our ids.
    These(Vec<BookingId>),
    /// All of somebody Former that have not ended.
    AllToComeOf(EmployeeId),
}

/// One booking that is decided about, whoever's it is by then.
#[derive(Clone, Debug)]
pub struct DecideOne {
    tenant: Tenant,
    booking: BookingId,
    seen: Option<EventId>,
    source: Option<BookingSource>,
    wish: BookingWish,
    now: Timestamp,
}

/// What came of one of many.
#[derive(Clone, Debug)]
pub struct DecideResult {
    /// The booking.
    pub id: BookingId,
    /// As it is known; none, if it is not.
    pub booking: Option<Booking>,
    /// What came of it.
    pub outcome: DecideOutcome,
    /// Where in the log the decision is, if one was taken.
    pub position: Option<Seq>,
}

/// What came of one of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecideOutcome {
    /// It is as it was wanted.
    Done,
    /// It is cancelled by itself then.
    Planned(Timestamp),
    /// It was so before; the reason of then stands, and the plan.
    Unchanged {
        /// When it is cancelled by itself, if that was planned before.
        due: Option<Timestamp>,
    },
    /// It stands as it was, and why.
    Refused(String),
}

impl DecideMany {
    /// The most bookings that one request decides about.
    pub const MAX: usize = 1_000;

    /// Which bookings these are by a roster, and how many are left then: those to come of one person,
    /// the next first.
    ///
    /// Fails if the person is unknown or Active, or the reason does not fit, which would have each
    /// refused. What is wrong with a single booking is told of that.
    pub fn bookings(&self, roster: &Roster) -> Result<(Vec<BookingId>, usize), Refusal> {
        match &self.wish {
            BookingWish::Cancel { reason }
            | BookingWish::CancelAt { reason, .. }
            | BookingWish::Keep { reason: Some(reason) } => fit_for_cancelling(reason)?,
            BookingWish::Keep { reason: None }
            | BookingWish::HandOver { .. }
            | BookingWish::WithdrawCancellation
            | BookingWish::Reopen => {}
        }
        let employee = match &self.meant {
            Meant::These(bookings) => return Ok((bookings.clone(), 0)),
            Meant::AllToComeOf(employee) => *employee,
        };
        let no_such = Refusal::NoSuchEmployee(employee);
        let Some(tenant) = roster.tenant(&self.tenant) else { return Err(no_such) };
        let person = tenant.people().by_employee(employee).ok_or(no_such)?;
        if tenant.standing(person) == Standing::Active {
            return Err(Refusal::NotALeaver(employee));
        }
        let waits = |one: &&Booking| {
            one.cancelled.is_none()
                && one.place.ends_at > self.now
                && self.source.as_ref().is_none_or(|source| one.source == *source)
        };
        let mut waiting: Vec<_> = tenant.bookings().of(employee).filter(waits).collect();
        waiting.sort_by_key(|one| (one.place.starts_at, one.id));
        let remaining = waiting.len().saturating_sub(Self::MAX);
        Ok((waiting.into_iter().take(Self::MAX).map(|one| one.id).collect(), remaining))
    }

    /// Decides about these bookings, each by a command of its own.
    ///
    /// Each is decided by itself, on how things stand then: one that was handed on, withdrawn or
    /// cancelled meanwhile changes nothing for the others.
    pub async fn each<F>(
        &self,
        bookings: Vec<BookingId>,
        execute: impl Fn(DecideOne) -> F,
    ) -> Vec<DecideResult>
    where
        F: Future<Output = Result<Committed, CommandError>>,
    {
        let deciding = bookings.into_iter().map(|id| {
            let one = DecideOne {
                tenant: self.tenant.clone(),
                booking: id,
                seen: self.seen.get(&id).copied(),
                source: self.source.clone(),
                wish: self.wish.clone(),
                now: self.now,
            };
            let done = execute(one);
            async move { self.result(id, done.await) }
        });
        in_order(deciding).await
    }

    fn result(&self, id: BookingId, done: Result<Committed, CommandError>) -> DecideResult {
        match done {
            Ok(done) => {
                let tenant = done.roster.tenant(&self.tenant);
                let booking = tenant.and_then(|tenant| tenant.bookings().get(id));
                let planned = tenant.zip(booking).and_then(|(tenant, one)| planned(tenant, one));
                DecideResult {
                    id,
                    booking: booking.cloned(),
                    outcome: match (planned, done.kinds.first()) {
                        (due, None) => DecideOutcome::Unchanged { due },
                        (Some(due), Some(_)) => DecideOutcome::Planned(due),
                        (None, Some(_)) => DecideOutcome::Done,
                    },
                    position: Some(done.position.seq),
                }
            }
            Err(error) => DecideResult {
                id,
                booking: None,
                outcome: DecideOutcome::Refused(error.to_string()),
                position: None,
            },
        }
    }
}

impl DecideOne {
    /// The intent, by the roster of the decision.
    pub fn intent(&self, roster: &Roster) -> Result<Intent, CommandError> {
        let bookings = roster.tenant(&self.tenant).map(TenantRoster::bookings);
        let booking = bookings.and_then(|bookings| bookings.get(self.booking));
        let of_caller =
            |one: &&Booking| self.source.as_ref().is_none_or(|source| one.source == *source);
        let booking = booking.filter(of_caller);
        let booking = booking.ok_or_else(|| Refusal::NoSuchBooking(self.booking.to_string()))?;
        let (employee, booking) = (booking.employee, booking.id);
        let (wish, seen, now) = (self.wish.clone(), self.seen, self.now);
        Ok(Intent::Leavers(LeaversIntent::Decide { employee, booking, wish, seen, now }))
    }
}

/// When it is planned that a booking is cancelled that stands.
fn planned(tenant: &TenantRoster, booking: &Booking) -> Option<Timestamp> {
    match tenant.decision(booking) {
        Some(BookingDecision::Cancel { due, .. }) if booking.cancelled.is_none() => Some(*due),
        Some(
            BookingDecision::Cancel { .. }
            | BookingDecision::Keep
            | BookingDecision::Withdrawn
            | BookingDecision::Reopened,
        )
        | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_fits_none_refuses_the_request_and_not_each_booking() {
        let many = |reason: &str| DecideMany {
            tenant: "contoso".parse().unwrap(),
            meant: Meant::These(vec![]),
            seen: BTreeMap::new(),
            source: None,
            wish: BookingWish::Cancel { reason: reason.to_owned() },
            now: Timestamp::UNIX_EPOCH,
        };
        for bad in ["", &"a".repeat(1_025), "one\u{202e}two"] {
            let refused = many(bad).bookings(&Roster::default()).expect_err(bad);
            assert!(matches!(refused, Refusal::BadText { what: "the reason", .. }), "{refused}");
        }
        assert!(many("they have left").bookings(&Roster::default()).is_ok());
    }
}
