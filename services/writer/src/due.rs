//! Carries out what is due for leavers' bookings by itself: planned cancellations, and what policies say.
//!
//! Every process that writes does this. A command that was carried out elsewhere asks for nothing more, so
//! that nobody has to be chosen for it, and whoever starts again goes on where the log stands.

use std::time::Duration;

use eventlog::clock;
use events::{BookingId, Tenant};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use roster::{Intent, LeaversIntent, Refusal, Roster};
use tokio::sync::watch;

use crate::{Access, Command, Denied, Outage, Provenance, Writer};

/// How many commands are given before it is looked again what is due.
const AT_ONCE: usize = 256;

/// How many of them wait for their answers together, so that they share batches.
const IN_FLIGHT: usize = 64;

/// How long events of others are let pass before it is looked again.
const SPACING: Duration = Duration::from_millis(200);

/// How long to wait before what failed is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// How long to wait for the next due time at most: the clock may be set meanwhile.
const LONGEST: Duration = Duration::from_mins(1);

/// Why something that is due was not carried out: the health of the log is told where it is looked after.
#[derive(Debug)]
struct Failed;

impl From<Refusal> for Failed {
    fn from(_: Refusal) -> Self {
        Self
    }
}

impl From<Denied> for Failed {
    fn from(_: Denied) -> Self {
        Self
    }
}

impl From<Outage> for Failed {
    fn from(_: Outage) -> Self {
        Self
    }
}

impl Writer {
    /// Carries out what is due, until the last command was answered.
    pub async fn carry_out_due(&self) {
        let mut position = self.position.clone();
        loop {
            position.mark_unchanged();
            let now = clock::now();
            let done = self.carry_out(due(&self.roster(), now), now).await;
            let longest = if done { LONGEST } else { RETRY };
            let until = until_next(&self.roster(), now).unwrap_or(longest).min(longest);
            match tokio::time::timeout(until, position.changed()).await {
                Ok(Ok(())) if is_over(&mut position).await => return,
                Ok(Ok(())) | Err(_) => {}
                Ok(Err(_)) => return,
            }
        }
    }

    /// Whether all of this is done.
    async fn carry_out(&self, due: Vec<(Tenant, BookingId)>, now: Timestamp) -> bool {
        let commands = due.into_iter().map(|(tenant, booking)| {
            let intent = Intent::Leavers(LeaversIntent::CarryOut { booking, now });
            let access = Access::Rollcall;
            let provenance = Provenance { tenant, access, request: None, trace_parent: None };
            self.execute(Command::new(provenance, move |_: &Roster| Ok(intent.clone())))
        });
        let mut answers = stream::iter(commands).buffer_unordered(IN_FLIGHT);
        let (mut bookings, mut all) = (0, true);
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(done) => bookings += done.kinds.len(),
                Err(Failed) => all = false,
            }
        }
        if bookings > 0 {
            tracing::info!(bookings, "carried out what was due for leavers' bookings");
        }
        all
    }
}

/// The first that are due, of all tenants.
fn due(roster: &Roster, now: Timestamp) -> Vec<(Tenant, BookingId)> {
    let of_each = roster
        .tenants()
        .flat_map(|(slug, tenant)| tenant.due(now).map(move |booking| (slug.clone(), booking)));
    of_each.take(AT_ONCE).collect()
}

/// How long it is until something is due for the first time.
fn until_next(roster: &Roster, now: Timestamp) -> Option<Duration> {
    let next = roster.tenants().filter_map(|(_, tenant)| tenant.next_due(now)).min()?;
    Some(Duration::try_from(next.duration_since(now)).unwrap_or_default())
}

/// Lets a while pass, and tells whether the last command was answered meanwhile.
async fn is_over<T>(position: &mut watch::Receiver<T>) -> bool {
    let over = async { while position.changed().await.is_ok() {} };
    tokio::time::timeout(SPACING, over).await.is_ok()
}
