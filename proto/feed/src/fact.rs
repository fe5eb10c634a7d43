//! Which feed events there are: the one listing of them.

use schemars::{Schema, SchemaGenerator};

use crate::{
    AlertEvent, BookingEvent, EmployeeEvent, ErasedEmployee, ReceiptEvent, TeamEvent, TestEvent,
};

/// What a feed event is about: the third token of its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    /// A person.
    Employee,
    /// A team, synced or of the administrators' own.
    Team,
    /// A booking.
    Booking,
    /// An alert of the mass-change guard.
    Alert,
    /// An application to which the feed is delivered. It is told of itself alone.
    Subscriber,
}

impl Entity {
    /// All entities.
    pub const ALL: [Self; 5] =
        [Self::Employee, Self::Team, Self::Booking, Self::Alert, Self::Subscriber];

    /// Those of which everybody is told who wants it.
    pub const TOLD: [Self; 4] = [Self::Employee, Self::Team, Self::Booking, Self::Alert];

    /// The token in subjects and names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Employee => "employee",
            Self::Team => "team",
            Self::Booking => "booking",
            Self::Alert => "alert",
            Self::Subscriber => "subscriber",
        }
    }
}

/// Declares the facts, one row each: what it says, its entity, its token, the version of its body's
/// shape, and the body.
macro_rules! facts {
    ($($(#[doc = $meaning:literal])+ $name:ident => $entity:ident, $token:literal, $version:literal, $body:ident;)+) => {
        /// What a feed event says of the thing that it is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fact {
            $($(#[doc = $meaning])+ $name,)+
        }

        impl Fact {
            /// All facts, in the order in which they are listed.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];

            /// What it is said of.
            pub fn entity(self) -> Entity {
                match self {
                    $(Self::$name => Entity::$entity,)+
                }
            }

            /// The last token of the subject.
            pub fn token(self) -> &'static str {
                match self {
                    $(Self::$name => $token,)+
                }
            }

            /// What it says, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($meaning),+).trim_start(),)+
                }
            }

            /// The version of the body's shape. A shape that an old reader could not read, or would
            /// take for less than it says, gets the next number.
            pub fn version(self) -> u32 {
                match self {
                    $(Self::$name => $version,)+
                }
            }

            /// The schema of the body's type.
            pub(crate) fn body_schema(self, generator: SchemaGenerator) -> Schema {
                match self {
                    $(Self::$name => generator.into_root_schema_for::<$body>(),)+
                }
            }
        }
    };
}

facts! {
    /// Somebody is in the directory who was not before.
    EmployeeJoined => Employee, "joined", 1, EmployeeEvent;
    /// Something about a person changed, but not where they stand: their profile, their teams, or
    /// what the directory says.
    EmployeeChanged => Employee, "changed", 1, EmployeeEvent;
    /// A person is Former from now on: they left, or a hold on their departure was released.
    EmployeeLeft => Employee, "left", 1, EmployeeEvent;
    /// A person who was Former is Active again: they came back, or their departure is held or was
    /// reversed.
    EmployeeReturned => Employee, "returned", 1, EmployeeEvent;
    /// The directory says that a person left, and they stay Active until somebody decides on the alert
    /// that holds them.
    EmployeeHeld => Employee, "held", 1, EmployeeEvent;
    /// The departure of a person was reversed: they stay Active, whatever the directory says.
    EmployeeReversed => Employee, "reversed", 1, EmployeeEvent;
    /// The receipt of a departure is closed: all subscribers have acknowledged it that wanted to be told
    /// `employee.left`, or the time for it is over. The person is as they were.
    EmployeeReceiptClosed => Employee, "receipt-closed", 1, ReceiptEvent;
    /// A person was erased: forget all that was told about them.
    EmployeeErased => Employee, "erased", 1, ErasedEmployee;

    /// There is a team that was not there before.
    TeamCreated => Team, "created", 1, TeamEvent;
    /// A team's name or description changed.
    TeamChanged => Team, "changed", 1, TeamEvent;
    /// A team is gone; nobody is in it any more.
    TeamDeleted => Team, "deleted", 1, TeamEvent;

    /// There is a booking that was not there before, or that was cancelled.
    BookingRecorded => Booking, "recorded", 1, BookingEvent;
    /// A booking changed.
    BookingChanged => Booking, "changed", 1, BookingEvent;
    /// A booking will not take place: somebody cancelled it here, or its booking system did.
    BookingCancelled => Booking, "cancelled", 1, BookingEvent;
    /// The booking system knows of a booking that was cancelled here: nothing is left to do.
    BookingClosed => Booking, "closed", 1, BookingEvent;

    /// The mass-change guard raised an alert: many people left, or a group was emptied.
    AlertRaised => Alert, "raised", 1, AlertEvent;
    /// Somebody found an alert's changes right.
    AlertReleased => Alert, "released", 1, AlertEvent;
    /// Somebody found an alert's changes wrong.
    AlertReversed => Alert, "reversed", 1, AlertEvent;

    /// Somebody tries whether a subscriber is there. It means nothing else, comes to that subscriber alone, and
    /// has the number of the event before it.
    SubscriberTest => Subscriber, "test", 1, TestEvent;
}

impl Fact {
    /// Those of which everybody is told who wants them.
    pub fn told() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|fact| Entity::TOLD.contains(&fact.entity()))
    }

    /// Entity and fact as one word: `employee.left`.
    pub fn name(self) -> String {
        self.to_string()
    }
}

impl std::fmt::Display for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.entity().as_str(), self.token())
    }
}

/// The body of a feed event.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A person as they are now.
    Employee(EmployeeEvent),
    /// A person who has left, and who has acknowledged it.
    Receipt(ReceiptEvent),
    /// A person of whom nothing is left.
    Erased(ErasedEmployee),
    /// A team as it is now.
    Team(TeamEvent),
    /// A booking as it is now.
    Booking(BookingEvent),
    /// An alert as it is now.
    Alert(AlertEvent),
    /// Nothing but that it is a test.
    Test(TestEvent),
}

impl Body {
    /// As it is published.
    pub fn json(&self) -> Vec<u8> {
        let json = match self {
            Self::Employee(body) => serde_json::to_vec(body),
            Self::Receipt(body) => serde_json::to_vec(body),
            Self::Erased(body) => serde_json::to_vec(body),
            Self::Team(body) => serde_json::to_vec(body),
            Self::Booking(body) => serde_json::to_vec(body),
            Self::Alert(body) => serde_json::to_vec(body),
            Self::Test(body) => serde_json::to_vec(body),
        };
        json.expect("bodies have text keys only")
    }
}
