//! The readiness checks of each role, for `/health/ready`.

use std::sync::Arc;

use delivery::Delivery;
use eventlog::Log;
use projector::{Probe, StatusHandle};
use web::health::Readiness;
use writer::Writer;

pub(crate) fn of_log(readiness: Readiness, log: &Log) -> Readiness {
    let log = log.clone();
    readiness.with("log", move || {
        if log.is_connected() { Ok(()) } else { Err("NATS cannot be reached".to_owned()) }
    })
}

pub(crate) fn of_writer(readiness: Readiness, writer: &Writer) -> Readiness {
    let health = writer.health();
    let continuity = writer.continuity();
    readiness
        .with("ingest", move || health.borrow().map_err(|outage| outage.to_string()))
        .with("history", move || continuity.borrow().check())
}

pub(crate) fn of_projection(
    readiness: Readiness,
    name: &str,
    status: &Arc<StatusHandle>,
) -> Readiness {
    let status = Arc::clone(status);
    readiness.with(name, move || status.check())
}

pub(crate) fn of_delivery(readiness: Readiness, delivery: &Delivery) -> Readiness {
    let delivery = delivery.clone();
    readiness.with("delivery", move || delivery.check())
}

pub(crate) fn of_postgres(readiness: Readiness, probe: &Probe) -> Readiness {
    let probe = probe.clone();
    readiness.with("postgres", move || probe.check())
}
