//! What each event changes for leavers and bookings: pure.
#![warn(missing_docs)]

use events::{
    AlertId, BookingId, DepartedUser, EmployeeId, Event, EventId, Recorded, Standing, Tenant,
    UserState,
};
use jiff::Timestamp;

use crate::{BookingDecision, BookingRow, Cancellation, Closing, Decided, PolicyRow};

/// One change to one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The directory says that a person is Former.
    Left {
        /// Whose it is.
        tenant: Tenant,
        /// The person.
        employee: EmployeeId,
        /// When they left.
        left: Left,
    },
    /// A person is Active.
    Back {
        /// Whose it is.
        tenant: Tenant,
        /// The person.
        employee: EmployeeId,
    },
    /// The people of an alert stay Active until somebody decides.
    Hold {
        /// Whose it is.
        tenant: Tenant,
        /// The alert.
        alert: AlertId,
    },
    /// Somebody decided on an alert.
    Decided {
        /// Whose it is.
        tenant: Tenant,
        /// The alert.
        alert: AlertId,
        /// What was decided.
        decision: AlertOutcome,
    },
    /// Somebody belongs to an alert since then.
    AlertPerson {
        /// Whose it is.
        tenant: Tenant,
        /// The alert.
        alert: AlertId,
        /// The person.
        employee: EmployeeId,
        /// Position of the event.
        seq: i64,
    },
    /// A person is unknown from now on.
    Erased {
        /// Whose it was.
        tenant: Tenant,
        /// The person.
        employee: EmployeeId,
        /// Bookings that were theirs.
        bookings: Vec<BookingId>,
    },
    /// A booking, as it is now.
    Booked(Box<BookingRow>),
    /// A booking was cancelled.
    Cancelled {
        /// Whose it is.
        tenant: Tenant,
        /// The booking.
        booking: BookingId,
        /// How it was cancelled.
        cancellation: Cancellation,
    },
    /// The booking system knows of a cancellation.
    Closed {
        /// Whose it is.
        tenant: Tenant,
        /// The booking.
        booking: BookingId,
        /// When it said so.
        closing: Closing,
    },
    /// Somebody decided about a leaver's booking, or that nothing is decided after all.
    BookingDecided {
        /// Whose it is.
        tenant: Tenant,
        /// The booking.
        booking: BookingId,
        /// What, if anything.
        decided: Option<Decided>,
        /// The event.
        version: EventId,
        /// Position of the event.
        seq: i64,
    },
    /// What becomes of leavers' bookings of a resource type.
    Policy {
        /// Whose it is.
        tenant: Tenant,
        /// The resource type.
        resource_type: String,
        /// The policy.
        row: PolicyRow,
    },
}

/// When somebody left, and the last deletion of their resource since, if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// When.
    pub at: Timestamp,
    /// Position of the event.
    pub seq: i64,
    /// The last deletion of their resource since.
    pub gone: Option<Gone>,
}

/// A deletion of somebody's resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone {
    /// When.
    pub at: Timestamp,
    /// Position of the event.
    pub seq: i64,
}

/// What became of an alert, and by which event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlertOutcome {
    /// What was decided.
    pub decision: &'static str,
    /// Position of the event.
    pub seq: i64,
}

/// What `event` changes for leavers and bookings.
pub(crate) fn project(event: &Recorded) -> Vec<Change> {
    match &event.event {
        Event::UserCreated(state) | Event::UserReactivated(state) | Event::UserReturned(state) => {
            vec![stands(event, state, false)]
        }
        Event::UserDeactivated(body) => departed(event, body, false),
        Event::UserDeleted(body) => departed(event, body, true),
        Event::AlertRaised(body) if body.held => {
            vec![Change::Hold { tenant: event.tenant().clone(), alert: body.alert_id }]
        }
        Event::AlertPeopleAdded(body) => alert_people(event, body.alert_id, &body.people).collect(),
        Event::AlertReleased(body) => vec![decided(event, body.alert_id, "released")],
        Event::AlertReversed(body) => vec![decided(event, body.alert_id, "reversed")],
        // A booking that is told after it was cancelled is a booking again.
        Event::BookingRecorded(body) | Event::BookingChanged(body) => {
            vec![Change::Booked(Box::new(BookingRow::of(event, body)))]
        }
        Event::BookingCancelled(body) => vec![Change::Cancelled {
            tenant: event.tenant().clone(),
            booking: body.booking_id,
            cancellation: Cancellation::of(event, body),
        }],
        Event::BookingClosed(body) => vec![Change::Closed {
            tenant: event.tenant().clone(),
            booking: body.booking_id,
            closing: Closing::of(event),
        }],
        Event::BookingHandedOver(body) => {
            vec![Change::Booked(Box::new(BookingRow::of(event, &body.booking)))]
        }
        Event::BookingReopened(body) => {
            vec![Change::Booked(Box::new(BookingRow::reopened(event, &body.booking)))]
        }
        Event::BookingCancellationPlanned(body) => {
            let decided = Decided::planned(event, body.due, &body.reason);
            vec![booking_decided(event, body.booking_id, Some(decided))]
        }
        Event::BookingKept(body) => {
            let decided = Decided::of(event, BookingDecision::Kept, body.reason.as_ref());
            vec![booking_decided(event, body.booking_id, Some(decided))]
        }
        Event::BookingCancellationWithdrawn(body) => {
            vec![booking_decided(event, body.booking_id, None)]
        }
        Event::TenantLeaverPolicySet(body) => vec![Change::Policy {
            tenant: event.tenant().clone(),
            resource_type: body.resource_type.clone(),
            row: PolicyRow::of(event, body),
        }],
        Event::UserErased(body) => vec![Change::Erased {
            tenant: event.tenant().clone(),
            employee: body.employee_id,
            bookings: body.bookings.clone(),
        }],
        // A changed profile leaves the standing as it was.
        Event::UserChanged(_)
        | Event::UserResourceChanged(_)
        | Event::UserResourceDeleted(_)
        | Event::TenantCreated(_)
        | Event::IntegrationActivated(_)
        | Event::IntegrationDeactivated(_)
        | Event::CredentialIssued(_)
        | Event::CredentialRevoked(_)
        | Event::UserTeamAssigned(_)
        | Event::UserTeamUnassigned(_)
        | Event::UserPrimaryChosen(_)
        | Event::UserTeamsReset(_)
        | Event::UserReceiptClosed(_)
        | Event::GroupCreated(_)
        | Event::GroupChanged(_)
        | Event::GroupMembersAdded(_)
        | Event::GroupMembersRemoved(_)
        | Event::GroupMembersReplaced(_)
        | Event::GroupMemberResourcesChanged(_)
        | Event::GroupDeleted(_)
        | Event::TeamCreated(_)
        | Event::TeamRenamed(_)
        | Event::TeamDeleted(_)
        | Event::TenantGuardSet(_)
        | Event::TenantExtensionDeclared(_)
        | Event::TenantExtensionRemoved(_)
        | Event::AlertRaised(_)
        | Event::AdministratorInvited(_)
        | Event::AdministratorLinkIssued(_)
        | Event::AdministratorSignedIn(_)
        | Event::AdministratorRolesChanged(_)
        | Event::AdministratorRemoved(_)
        | Event::SubscriberAdded(_)
        | Event::SubscriberChanged(_)
        | Event::SubscriberRemoved(_)
        | Event::SubscriberSecretIssued(_)
        | Event::SubscriberSecretWithdrawn(_)
        | Event::SubscriberDisabled(_)
        | Event::SubscriberPaused(_)
        | Event::SubscriberResumed(_)
        | Event::SubscriberReset(_)
        | Event::SubscriberTested(_)
        | Event::SubscriberReplayStarted(_)
        | Event::SubscriberReplayEnded(_)
        | Event::SubscriberEnabled(_)
        | Event::Unknown { .. } => vec![],
    }
}

fn stands(event: &Recorded, state: &UserState, gone: bool) -> Change {
    let (tenant, employee) = (event.tenant().clone(), state.employee_id);
    match state.standing {
        Standing::Active => Change::Back { tenant, employee },
        Standing::Former => {
            let (at, seq) = (event.envelope.time, event.seq.0.cast_signed());
            let left = Left { at, seq, gone: gone.then_some(Gone { at, seq }) };
            Change::Left { tenant, employee, left }
        }
    }
}

fn departed(event: &Recorded, departed: &DepartedUser, gone: bool) -> Vec<Change> {
    let state = &departed.state;
    let mut changes = vec![stands(event, state, gone)];
    if let Some(alert) = departed.alert {
        changes.extend(alert_people(event, alert.alert_id, &[state.employee_id]));
    }
    changes
}

fn alert_people(
    event: &Recorded,
    alert: AlertId,
    people: &[EmployeeId],
) -> impl Iterator<Item = Change> {
    people.iter().map(move |employee| Change::AlertPerson {
        tenant: event.tenant().clone(),
        alert,
        employee: *employee,
        seq: event.seq.0.cast_signed(),
    })
}

fn decided(event: &Recorded, alert: AlertId, decision: &'static str) -> Change {
    let decision = AlertOutcome { decision, seq: event.seq.0.cast_signed() };
    Change::Decided { tenant: event.tenant().clone(), alert, decision }
}

fn booking_decided(event: &Recorded, booking: BookingId, decided: Option<Decided>) -> Change {
    let (tenant, seq) = (event.tenant().clone(), event.seq.0.cast_signed());
    Change::BookingDecided { tenant, booking, decided, version: event.envelope.id, seq }
}
