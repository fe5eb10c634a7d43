//! What a process shows of itself under `/metrics`.
//!
//! Totals only: whoever can reach the process can read them, and neither people nor tenants are
//! anybody's business. `services/web/README.md` lists each metric with its meaning and unit.

use std::sync::Arc;

use delivery::Delivery;
use eventlog::{Continuity, Verification};
use operations::scrape::{JobSample, Sample, SlotSample};
use operations::{ActLog, LastVerified};
use projector::{Phase, StatusHandle};
use tokio::sync::watch;
use web::metrics::{
    Registry, counter_by_labels, gauge, gauge_by_label, gauge_by_labels, seconds_by_label,
};

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
    let of = gateway.clone();
    let help = "Requests to SCIM that were to be recorded, by what became of that.";
    counter_by_labels(registry, "rollcall_requests_recorded", help, ["outcome"], move || {
        of.recorded().into_iter().map(|(outcome, count)| ([outcome.to_owned()], count)).collect()
    });
}

/// When directories asked for something last, where they are answered.
pub(crate) fn of_directories(registry: &mut Registry, writes: &WriteSide) {
    let of = writes.gateway.clone();
    let help = "How long ago the tenant's directory showed a good credential last, to any gateway.";
    gauge_by_labels(registry, "rollcall_entra_last_request_seconds", help, ["tenant"], move || {
        let ages = of.last_requests().into_iter();
        ages.map(|(tenant, age)| ([tenant.to_string()], age.as_secs_f64())).collect()
    });
}

/// How far applications are told.
pub(crate) fn of_delivery(registry: &mut Registry, delivery: &Delivery) {
    let of = delivery.clone();
    let help = "The last event of the log of which applications are told.";
    gauge(registry, "rollcall_feed_position", help, move || {
        whole(of.shown().picture().roster.position().seq.0)
    });
    let of = delivery.clone();
    let help = "The last event of the feed.";
    gauge(registry, "rollcall_feed_end", help, move || whole(of.shown().picture().end));
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
    let of = projections.to_vec();
    let help = "How often events could not be applied: the SQLSTATE, or what it was about.";
    let labels = ["projection", "cause"];
    counter_by_labels(registry, "rollcall_projection_apply_errors", help, labels, move || {
        let errors = |(name, status): &(&'static str, Arc<StatusHandle>)| {
            let of = status.metrics().errors().into_iter();
            of.map(|(cause, times)| ([(*name).to_owned(), cause], times)).collect::<Vec<_>>()
        };
        of.iter().flat_map(errors).collect()
    });
    let delay = projections.iter().map(|(name, of)| (*name, of.metrics().delay.clone())).collect();
    let help =
        "From the time of an event to when it is in the read model; of the last of each batch.";
    seconds_by_label(registry, "rollcall_projection_delay", help, "projection", delay);
}

/// What is seen of slots, jobs and holds from outside: also of a projector that has ended.
pub(crate) fn of_sample(registry: &mut Registry, sample: &watch::Sender<Sample>) {
    let help = "The last event of the log.";
    of_one(registry, "rollcall_stream_last_seq", help, sample, |seen| whole(seen.end?.0));
    let help = "Bytes that the log takes.";
    of_one(registry, "rollcall_stream_bytes", help, sample, |seen| whole(seen.bytes?));
    let help = "Bytes that the log or its account may take, if that is bounded.";
    of_one(registry, "rollcall_stream_max_bytes", help, sample, |seen| whole(seen.max_bytes?));
    let help = "Holds of leavers that wait for a decision.";
    of_one(registry, "rollcall_holds_open", help, sample, |seen| Some(seen.holds?.0));
    let help = "Erasures that were begun and are not complete.";
    of_one(registry, "rollcall_erasures_incomplete", help, sample, |seen| {
        i64::try_from(seen.erasures_incomplete?).ok()
    });
    let mut slots = |name, help, value: fn(&SlotSample) -> Option<f64>| {
        let sample = sample.subscribe();
        gauge_by_labels(registry, name, help, ["projection", "slot"], move || {
            let seen = sample.borrow();
            let slots = seen.fresh().map(|seen| seen.slots.as_slice()).unwrap_or_default();
            let shown = |slot: &SlotSample| {
                Some(([slot.projection.to_owned(), slot.slot.to_owned()], value(slot)?))
            };
            slots.iter().filter_map(shown).collect()
        });
    };
    let help = "The last event in the slot.";
    slots("rollcall_slot_position", help, |slot| Some(ratio(slot.position)));
    let help = "Events of the log that are not in the slot.";
    slots("rollcall_slot_lag_events", help, |slot| Some(ratio(slot.lag_events)));
    let help = "In how many places, each a tenant's rows in a table, somebody else than the \
                projection has written into the slot.";
    slots("rollcall_slot_changed_by_hand", help, |slot| {
        Some(ratio(u64::try_from(slot.changed_by_hand).unwrap_or(u64::MAX)))
    });
    let help = "For how long the oldest event has waited that is not in the slot.";
    slots("rollcall_slot_lag_seconds", help, |slot| Some(slot.lag_seconds));
    let help = "How long ago whoever keeps the slot was heard of.";
    slots("rollcall_slot_heartbeat_age_seconds", help, |slot| slot.heartbeat_age);
    let help = "Whether the slot stands still, by an error or by somebody's will.";
    slots("rollcall_slot_halted", help, |slot| Some(f64::from(u8::from(slot.halted))));
    let mut jobs = |name, help, value: fn(&JobSample) -> Option<f64>| {
        let sample = sample.subscribe();
        gauge_by_labels(registry, name, help, ["projection"], move || {
            let seen = sample.borrow();
            let jobs = seen.fresh().map(|seen| seen.jobs.as_slice()).unwrap_or_default();
            let shown = |job: &JobSample| Some(([job.projection.clone()], value(job)?));
            jobs.iter().filter_map(shown).collect()
        });
    };
    let help = "How much of a job's candidate is built, from 0 to 1.";
    jobs("rollcall_job_progress", help, |job| Some(job.progress));
    jobs("rollcall_job_rate", "Events a second of a job.", |job| Some(job.rate));
    let help = "How long a job still takes at its rate.";
    jobs("rollcall_job_eta_seconds", help, |job| job.eta);
    let (name, help) = ("rollcall_hold_age_seconds", "For how long the oldest hold has waited.");
    let sample = sample.subscribe();
    gauge_by_labels(registry, name, help, [], move || {
        let seen = sample.borrow();
        let holds = seen.fresh().and_then(|seen| seen.holds);
        holds.map(|(_, age)| ([], age)).into_iter().collect()
    });
}

fn of_one(
    registry: &mut Registry,
    name: &'static str,
    help: &'static str,
    sample: &watch::Sender<Sample>,
    value: impl Fn(&Sample) -> Option<i64> + Send + Sync + 'static,
) {
    let sample = sample.subscribe();
    gauge(registry, name, help, move || sample.borrow().fresh().and_then(&value));
}

#[expect(clippy::cast_precision_loss, reason = "a log of 2^53 events is far away")]
fn ratio(number: u64) -> f64 {
    number as f64
}

/// A position or a count, as the format has it.
fn whole(number: u64) -> Option<i64> {
    i64::try_from(number).ok()
}

fn number(number: usize) -> Option<i64> {
    i64::try_from(number).ok()
}
