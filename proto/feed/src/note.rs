//! What else to know about a fact, for whoever writes a subscriber.

use crate::{Entity, Fact};

impl Fact {
    /// What a subscriber does with it, and what may surprise.
    pub fn note(self) -> &'static str {
        match self {
            Self::EmployeeJoined => {
                "Put the person into your table. They may be Former already: a directory may begin with \
                 somebody who is disabled. Teams that the person was put into before are in it."
            }
            Self::EmployeeChanged => {
                "Replace the person. `standing` is as before: whoever acts on leavers alone need not \
                 read this."
            }
            Self::EmployeeLeft => {
                "Take away what the person may use. It comes in turn with `employee.returned`, whatever \
                 the cause. Their teams and bookings stay: bookings to come wait for somebody to cancel \
                 them."
            }
            Self::EmployeeReturned => {
                "Give back what they may use: same id, same teams. It comes in turn with \
                 `employee.left`."
            }
            Self::EmployeeHeld => {
                "Nobody left yet: `standing` stays `active`, while `directoryStanding` is `former`. A \
                 release is told as `employee.left`, a reversal as `employee.reversed`."
            }
            Self::EmployeeReversed => {
                "Nothing to do: the person was Active all the time. They may still leave, when the \
                 directory says something new."
            }
            Self::EmployeeReceiptClosed => {
                "For whoever answers for offboarding: `receipt` says which subscribers have acknowledged \
                 that the person left, after how many milliseconds, and which are `missing`. Your table \
                 stays as it is."
            }
            Self::EmployeeErased => {
                "Delete the person and their bookings, also from backups that you would restore. \
                 `sequences` names the numbers of the events that are removed from the feed: they are \
                 no gap."
            }
            Self::TeamCreated => {
                "A synced group, or a team of the administrators' own. Who is in it is told by the \
                 people: an event of a team never names members."
            }
            Self::TeamChanged => "Its members are not told again: people name teams by id.",
            Self::TeamDeleted => {
                "Remove the team. Whoever was in it was told to be in it no more before, each with an \
                 `employee.changed`."
            }
            Self::BookingRecorded => {
                "Put the booking into your table; if it was cancelled there, it stands again. It may be \
                 for somebody who has left."
            }
            Self::BookingChanged => {
                "Replace the booking. It may have passed to somebody else: `previous.employeeId` says whose it was. \
                 If `booking.source` is you and `booking.bookedFor` is there, it was a leaver's and was handed over \
                 here to `booking.employeeId`: book it for them, and say so (`PUT bookings/{reference}`)."
            }
            Self::BookingCancelled => {
                "If `booking.source` is you and `booking.state` is `cancelled`, an administrator \
                 cancelled it here: cancel it in your system, then withdraw it over the API (`DELETE \
                 bookings/{reference}`), which closes it. If the state is `closed`, the booking system \
                 withdrew it of itself."
            }
            Self::BookingClosed => {
                "`booking.cancellation` still says who cancelled it, when and why; `ce-actor` is the \
                 booking system that acknowledged."
            }
            Self::AlertRaised => {
                "If `holds` is true, each held person is told as `employee.held`. Whoever had left \
                 before is told as `employee.returned`."
            }
            Self::AlertReleased => "Each held person is told as `employee.left`.",
            Self::AlertReversed => "Each held person is told as `employee.reversed`.",
            Self::SubscriberTest => {
                "Acknowledge it, and do nothing else. It has the `ce-sequence` of the event before it, so that \
                 no number is missing."
            }
        }
    }
}

impl Entity {
    /// What its events are about, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Employee => "People, as they count: all rules, local edits and holds applied.",
            Self::Team => "Synced groups and the administrators' own teams.",
            Self::Booking => "What booking systems told, and what becomes of it.",
            Self::Alert => {
                "What the mass-change guard noticed: many leavers at once, emptied groups."
            }
            Self::Subscriber => "Yourself: what comes to you alone, to try whether you are there.",
        }
    }
}
