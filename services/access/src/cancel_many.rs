//! Many bookings of leavers are cancelled with one request.

use events::{BookingId, BookingSource, EmployeeId, Seq, Standing, Tenant};
use jiff::Timestamp;
use roster::{
    Booking, BookingDecision, BookingWish, Intent, LeaversIntent, Refusal, Roster, TenantRoster,
    fit_for_cancelling,
};
use writer::Committed;

use crate::{CommandError, in_order};

/// Which bookings of leavers shall be cancelled, and why.
#[derive(Clone, Debug)]
pub struct CancelMany {
    /// Whose they are.
    pub tenant: Tenant,
    /// Which.
    pub meant: Meant,
    /// The one source whose bookings the caller may cancel; none, if all.
    pub source: Option<BookingSource>,
    /// Why; kept with each.
    pub reason: String,
    /// When they are cancelled by themselves; none for at once.
    pub due: Option<Timestamp>,
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

/// One booking that shall be cancelled, whoever's it is by then.
#[derive(Clone, Debug)]
pub struct CancelOne {
    tenant: Tenant,
    booking: BookingId,
    source: Option<BookingSource>,
    reason: String,
    due: Option<Timestamp>,
    now: Timestamp,
}

/// What came of cancelling many.
#[derive(Clone, Debug)]
pub struct CancelledMany {
    /// What came of each, in the order in which they were named, or begin.
    pub results: Vec<CancelResult>,
    /// How many bookings of the person are left, since one request cancels so many at most.
    pub remaining: usize,
}

/// What came of one of many.
#[derive(Clone, Debug)]
pub struct CancelResult {
    /// The booking.
    pub id: BookingId,
    /// As it is known; none, if it is not.
    pub booking: Option<Booking>,
    /// What came of it.
    pub outcome: CancelOutcome,
    /// Where in the log the decision is, if one was taken.
    pub position: Option<Seq>,
}

/// What came of one of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancelOutcome {
    /// It is cancelled.
    Cancelled,
    /// It is cancelled by itself then.
    Planned(Timestamp),
    /// It was cancelled before; the reason of then stands.
    Unchanged,
    /// It stands as it was, and why.
    Refused(String),
}

impl CancelMany {
    /// The most bookings that one request cancels.
    pub const MAX: usize = 1_000;

    /// Which bookings these are by a roster, and how many are left then: those to come of one person,
    /// the next first.
    ///
    /// Fails if the person is unknown or Active, or the reason does not fit, which would have each
    /// refused. What is wrong with a single booking is told of that.
    pub fn bookings(&self, roster: &Roster) -> Result<(Vec<BookingId>, usize), Refusal> {
        fit_for_cancelling(&self.reason)?;
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

    /// Cancels these bookings, each by a command of its own.
    ///
    /// Each is decided by itself, on how things stand then: one that was handed on, withdrawn or
    /// cancelled meanwhile changes nothing for the others.
    pub async fn each<F>(
        &self,
        bookings: Vec<BookingId>,
        execute: impl Fn(CancelOne) -> F,
    ) -> Vec<CancelResult>
    where
        F: Future<Output = Result<Committed, CommandError>>,
    {
        let cancelling = bookings.into_iter().map(|id| {
            let one = CancelOne {
                tenant: self.tenant.clone(),
                booking: id,
                source: self.source.clone(),
                reason: self.reason.clone(),
                due: self.due,
                now: self.now,
            };
            let done = execute(one);
            async move { self.result(id, done.await) }
        });
        in_order(cancelling).await
    }

    fn result(&self, id: BookingId, done: Result<Committed, CommandError>) -> CancelResult {
        match done {
            Ok(done) => {
                let tenant = done.roster.tenant(&self.tenant);
                let booking = tenant.and_then(|tenant| tenant.bookings().get(id));
                let planned = tenant.zip(booking).and_then(|(tenant, one)| planned(tenant, one));
                CancelResult {
                    id,
                    booking: booking.cloned(),
                    outcome: match (planned, done.kinds.first()) {
                        (Some(due), _) => CancelOutcome::Planned(due),
                        (None, Some(_)) => CancelOutcome::Cancelled,
                        (None, None) => CancelOutcome::Unchanged,
                    },
                    position: Some(done.position.seq),
                }
            }
            Err(error) => CancelResult {
                id,
                booking: None,
                outcome: CancelOutcome::Refused(error.to_string()),
                position: None,
            },
        }
    }
}

impl CancelOne {
    /// The intent, by the roster of the decision.
    pub fn intent(&self, roster: &Roster) -> Result<Intent, CommandError> {
        let bookings = roster.tenant(&self.tenant).map(TenantRoster::bookings);
        let booking = bookings.and_then(|bookings| bookings.get(self.booking));
        let of_caller =
            |one: &&Booking| self.source.as_ref().is_none_or(|source| one.source == *source);
        let booking = booking.filter(of_caller);
        let booking = booking.ok_or_else(|| Refusal::NoSuchBooking(self.booking.to_string()))?;
        let (employee, booking) = (booking.employee, booking.id);
        let (reason, now) = (self.reason.clone(), self.now);
        Ok(match self.due {
            None => Intent::CancelLeaversBooking { employee, booking, reason, now },
            Some(due) => {
                let wish = BookingWish::CancelAt { due, reason };
                Intent::Leavers(LeaversIntent::Decide { employee, booking, wish, now })
            }
        })
    }
}

/// When it is planned that a booking is cancelled that stands.
fn planned(tenant: &TenantRoster, booking: &Booking) -> Option<Timestamp> {
    match tenant.decision(booking) {
        Some(BookingDecision::Cancel { due, .. }) if booking.cancelled.is_none() => Some(*due),
        Some(BookingDecision::Cancel { .. } | BookingDecision::Keep) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_fits_none_refuses_the_request_and_not_each_booking() {
        let many = |reason: &str| CancelMany {
            tenant: "contoso".parse().unwrap(),
            meant: Meant::These(vec![]),
            source: None,
            reason: reason.to_owned(),
            due: None,
            now: Timestamp::UNIX_EPOCH,
        };
        for bad in ["", &"a".repeat(1_025), "one\u{202e}two"] {
            let refused = many(bad).bookings(&Roster::default()).expect_err(bad);
            assert!(matches!(refused, Refusal::BadText { what: "the reason", .. }), "{refused}");
        }
        assert!(many("they have left").bookings(&Roster::default()).is_ok());
    }
}
