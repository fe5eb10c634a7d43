//! What a process shows of itself under `/metrics`.

use std::sync::Arc;

use eventlog::{Continuity, Verification};
use ingest::Gateway;
use projector::Phase;
use projector::StatusHandle;
use tokio::sync::watch;
use web::metrics::{Gauges, Metrics};

/// Totals only: whoever can reach the gateway can read them, and the tenants are nobody's business.
pub(crate) fn of_gateway(metrics: Metrics, gateway: &Gateway) -> Metrics {
    let gateway = gateway.clone();
    metrics.with(move |gauges: &mut Gauges| {
        let last = gateway.position();
        gauges.add("rollcall_log_position", "The last event that the gateway knows.", None, last);
        let guarded = gateway.guarded();
        let open = "Alerts of the mass-change guard that wait for a decision.";
        gauges.add("rollcall_alerts_open", open, None, guarded.open_alerts);
        let held = "People who left and count as Active until somebody decides.";
        gauges.add("rollcall_people_held", held, None, guarded.held);
        for (attribute, times) in gateway.unkept() {
            gauges.add(
                "rollcall_attributes_not_kept",
                "How often clients sent an attribute that nobody keeps, since this process started.",
                Some(("attribute", &attribute)),
                times,
            );
        }
        let is_short = matches!(*gateway.continuity().borrow(), Continuity::Lost(_));
        gauges.add(
            "rollcall_log_lost",
            "Whether the log has lost events, so that nothing is written any more.",
            None,
            u8::from(is_short),
        );
    })
}

/// What is known of the log's soundness.
pub(crate) fn of_verification(metrics: Metrics, shown: &watch::Sender<Verification>) -> Metrics {
    let shown = shown.subscribe();
    metrics.with(move |gauges: &mut Gauges| {
        let Verification { position, damage } = shown.borrow().clone();
        let help = "The last event that the present verification of the log found sound.";
        gauges.add("rollcall_log_verified_position", help, None, position);
        let help = "Whether the last verification of the log found it damaged.";
        gauges.add("rollcall_log_damaged", help, None, u8::from(damage.is_some()));
    })
}

pub(crate) fn of_projection(
    metrics: Metrics,
    name: &'static str,
    status: &Arc<StatusHandle>,
) -> Metrics {
    let status = Arc::clone(status);
    metrics.with(move |gauges: &mut Gauges| {
        let now = status.current();
        let label = Some(("projection", name));
        let works = matches!(now.phase, Phase::Working | Phase::Building { .. });
        let working = u8::from(works);
        gauges.add(
            "rollcall_projection_working",
            "Whether this process keeps the read model; 0 if it stands by or waits.",
            label,
            working,
        );
        gauges.add(
            "rollcall_projection_position",
            "The last event in the read model.",
            label,
            now.position,
        );
        gauges.add(
            "rollcall_projection_unknown_events",
            "Events passed over because this release does not know them.",
            label,
            now.unknown,
        );
        if let Some(at) = now.event_at {
            gauges.add(
                "rollcall_projection_event_timestamp_seconds",
                "When the last event in the read model happened.",
                label,
                at.as_second(),
            );
        }
    })
}
