//! What others have said about a booking since a page showed it, by whom.

use events::{BookingId, EventId};
use roster::{BookingDecision, LastWord, Roster, TenantRoster};

use super::place::named;
use crate::parts::actor::by_in_text;
use crate::parts::text::{NAME, short};
use crate::signed::Signed;

/// So many bookings a notice names; of others it says how many they are.
const NAMED: usize = 5;

/// What was said about a booking since it had this version, in words; nothing, if nothing was.
pub(super) fn said_since(
    roster: &Roster,
    signed: &Signed,
    booking: BookingId,
    seen: EventId,
) -> Option<String> {
    let tenant = roster.tenant(&signed.tenant)?;
    let booking = tenant.bookings().get(booking).filter(|booking| booking.version != seen)?;
    let what =
        format!("{} ({})", short(&booking.place.resource, NAME), short(&booking.reference, NAME));
    let last = tenant.last_word(booking);
    let so = in_words(tenant, last);
    Some(match last.actor() {
        Some(actor) => format!("{what} {so}, as {} decided", by_in_text(Some(tenant), actor)),
        None => format!("{what} {so}"),
    })
}

fn in_words(tenant: &TenantRoster, last: LastWord) -> String {
    match last {
        LastWord::Cancelled(_) => "is cancelled already".to_owned(),
        LastWord::Decided(decided) => match &decided.decision {
            BookingDecision::Keep => "is kept".to_owned(),
            BookingDecision::Cancel { due, reason } => format!(
                "will be cancelled at {} ({})",
                due.strftime("%Y-%m-%d %H:%M UTC"),
                short(reason, NAME)
            ),
            BookingDecision::Withdrawn => "is not to be cancelled after all".to_owned(),
            BookingDecision::Reopened => "waits for a decision again".to_owned(),
        },
        LastWord::HandedOver { to, .. } => format!("is handed over to {}", named(tenant, to)),
        LastWord::Told => "was changed by its booking system".to_owned(),
    }
}

/// Several of these, in a sentence.
pub(super) fn together(all: &[String]) -> String {
    let (named, others) = all.split_at(all.len().min(NAMED));
    let named = named.join("; ");
    match others.len() {
        0 => named,
        more => format!("{named}; and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_named_up_to_a_number_and_the_others_counted() {
        let all: Vec<String> = (1..=7).map(|number| format!("desk {number} is kept")).collect();
        assert_eq!(together(&all[..2]), "desk 1 is kept; desk 2 is kept");
        assert!(together(&all).ends_with("desk 5 is kept; and 2 more"), "{}", together(&all));
    }
}
