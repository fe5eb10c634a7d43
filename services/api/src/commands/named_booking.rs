//! Which booking a path means, by the name that it says: a booking system's reference, or Rollcall's own id.

use events::{BookingId, BookingSource, EventId, Tenant};
use roster::{Booking, Refusal, Roster, TenantRoster};

/// The booking that somebody means, which has to be a leaver's of whom `is_theirs` tells. Of another source than
/// `source`, if that is told, there is none.
///
/// A booking system is free to choose its references, so that one may be another booking's id: whoever means one of
/// the two says the version of it that they saw, and without that none is meant.
pub(super) fn find(
    roster: &Roster,
    tenant: &Tenant,
    source: Option<&BookingSource>,
    name: &str,
    seen: Option<EventId>,
    is_theirs: impl Fn(&Booking) -> bool,
) -> Result<BookingId, Refusal> {
    let no_such = || Refusal::NoSuchBooking(name.to_owned());
    let bookings = roster.tenant(tenant).map(TenantRoster::bookings).ok_or_else(no_such)?;
    let visible = |one: &&Booking| source.is_none_or(|source| one.source == *source);
    let with_id = name.parse().ok().and_then(|id| bookings.get(id)).filter(visible);
    let referred = bookings.with_reference(name).filter(visible);
    let referred =
        referred.filter(|one| is_theirs(one) && with_id.is_none_or(|it| it.id != one.id));
    let referred: Vec<&Booking> = referred.collect();
    let as_seen = |one: &&Booking| Some(one.version) == seen;
    let meant = match (with_id, referred.as_slice()) {
        (one, []) => one,
        (None, [one]) => Some(*one),
        (_, [first, ..]) => {
            let mut all = with_id.into_iter().chain(referred.iter().copied());
            Some(all.find(as_seen).ok_or_else(|| ambiguous(name, with_id, first))?)
        }
    };
    meant.filter(|one| is_theirs(one)).map(|one| one.id).ok_or_else(no_such)
}

fn ambiguous(name: &str, with_id: Option<&Booking>, referred: &Booking) -> Refusal {
    match with_id {
        Some(one) => Refusal::ReferenceIsAnId { id: one.id, other: referred.id },
        None => Refusal::AmbiguousBooking(name.to_owned()),
    }
}
