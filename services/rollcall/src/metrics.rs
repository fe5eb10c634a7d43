//! What a process shows of itself under `/metrics`.
//!
//! Totals only: whoever can reach the process can read them, and neither people nor tenants are
//! anybody's business. `services/web/README.md` lists each metric with its meaning and unit.

use std::sync::Arc;

use eventlog::{Continuity, Verification};
use operations::{ActLog, LastVerified};
use projector::{Phase, StatusHandle};
use tokio::sync::watch;
use web::metrics::{Registry, gauge, gauge_by_label, seconds_by_label};

use crate::projections;
use crate::write_side::WriteSide;

/// What the writer knows of the log, of alerts and of what clients send, and how it appends.
pub(crate) fn of_writes(registry: &mut Registry, writes: &WriteSide) {
    let WriteSide { access, gateway, .. } = writes;
    access.writer().append_metrics().register(registry);
    let of = access.clone();
    let help = "The last event that the gateway knows.";
    gauge(registry, "rollcall_log_position", help, move || whole(of.position().0));
    let of = access.clone();
    let help = "Whether the log has lost events, so that nothing is written any more.";
    gauge(registry, "rollcall_log_lost", help, move || {
        Some(matches!(*of.writer().continuity().borrow(), Continuity::Lost(_)).into())
    });
    let of = access.clone();
    let help = "Alerts of the mass-change guard that wait for a decision.";
    gauge(registry, "rollcall_alerts_open", help, move || number(of.totals().open_alerts));
    let of = access.clone();
    let help = "People who left and count as Active until somebody decides.";
    gauge(registry, "rollcall_people_held", help, move || number(of.totals().held));
    let of = gateway.clone();
    let help = "How often clients sent an attribute that nobody keeps, since this process started.";
    gauge_by_label(registry, "rollcall_attributes_not_kept", help, "attribute", move || {
        let whole = |(name, times)| Some((name, whole(times)?));
        of.ignored().into_iter().filter_map(whole).collect()
    });
}

/// What is known of the log's soundness.
pub(crate) fn of_verification(registry: &mut Registry, shown: &watch::Sender<Verification>) {
    let verification = shown.subscribe();
    let help = "The last event that the present verification of the log found sound.";
    gauge(registry, "rollcall_log_verified_position", help, move || {
        whole(verification.borrow().position.0)
    });
    let verification = shown.subscribe();
    let help = "Whether the last verification of the log found it damaged.";
    gauge(registry, "rollcall_log_damaged", help, move || {
        Some(verification.borrow().damage.is_some().into())
    });
}

/// What the last verification of each live read model found.
pub(crate) fn of_sampled(registry: &mut Registry, acts: &ActLog) {
    let mut shown = |name, help, value: fn(LastVerified) -> i64| {
        let acts = acts.clone();
        gauge_by_label(registry, name, help, "projection", move || {
            let last = |name: &str| Some((name.to_owned(), value(acts.last_verified(name)?)));
            projections::NAMES.into_iter().filter_map(last).collect()
        });
    };
    let help = "Whether the last verification of the live read model found it to differ.";
    shown("rollcall_projection_differs", help, |last| last.differs.into());
    let help = "When the last verification of the live read model ended.";
    shown("rollcall_projection_verified_timestamp_seconds", help, |last| last.at.as_second());
}

/// How far these projections are, and how fast they go.
pub(crate) fn of_projections(
    registry: &mut Registry,
    projections: &[(&'static str, Arc<StatusHandle>)],
) {
    let mut shown = |name, help, value: fn(&StatusHandle) -> Option<i64>| {
        let projections = projections.to_vec();
        gauge_by_label(registry, name, help, "projection", move || {
            let sample = |(name, status): &(&'static str, Arc<StatusHandle>)| {
                Some(((*name).to_owned(), value(status)?))
            };
            projections.iter().filter_map(sample).collect()
        });
    };
    let help = "Whether this process keeps the read model; 0 if it stands by or waits.";
    shown("rollcall_projection_working", help, |status| {
        let phase = status.current().phase;
        Some(matches!(phase, Phase::Working | Phase::Building { .. }).into())
    });
    let help = "The last event in the read model.";
    shown("rollcall_projection_position", help, |status| whole(status.current().position.0));
    let help = "Events of the log that are not in the read model.";
    shown("rollcall_projection_lag_events", help, |status| whole(status.lag_events()));
    let help = "Events passed over because this release does not know them.";
    shown("rollcall_projection_unknown_events", help, |status| whole(status.current().unknown));
    let help = "When the last event in the read model happened.";
    shown("rollcall_projection_event_timestamp_seconds", help, |status| {
        Some(status.current().event_at?.as_second())
    });
    let help = "People, groups and so on of which an event cannot be applied, so that it waits.";
    shown("rollcall_parked_keys", help, |status| whole(status.current().parked.keys));
    let help =
        "For how long the oldest event has waited that cannot be applied; 0 if there is none.";
    shown("rollcall_parked_oldest_seconds", help, |status| {
        let since = status.current().parked.since;
        Some(since.map_or(0, |since| eventlog::clock::now().duration_since(since).as_secs().max(0)))
    });
    let apply = projections.iter().map(|(name, of)| (*name, of.metrics().apply.clone())).collect();
    let help = "How long it took to write a batch of events to the read model.";
    seconds_by_label(registry, "rollcall_projection_apply", help, "projection", apply);
    let delay = projections.iter().map(|(name, of)| (*name, of.metrics().delay.clone())).collect();
    let help =
        "From the time of an event to when it is in the read model; of the last of each batch.";
    seconds_by_label(registry, "rollcall_projection_delay", help, "projection", delay);
}

/// A position or a count, as the format has it.
fn whole(number: u64) -> Option<i64> {
    i64::try_from(number).ok()
}

fn number(number: usize) -> Option<i64> {
    i64::try_from(number).ok()
}
