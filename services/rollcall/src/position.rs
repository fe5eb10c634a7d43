//! How far in the log a process is, for the `Rollcall-Position` of its answers.

use std::sync::Arc;

use access::WriteAccess;
use projector::{Probe, StatusHandle};
use web::Position;

/// Where the roster is that answers and decides.
pub(crate) fn of_writes(access: &WriteAccess) -> Position {
    let access = access.clone();
    Position::new(move || access.position())
}

/// Where a read model is.
pub(crate) fn of_projection(status: &Arc<StatusHandle>) -> Position {
    let status = Arc::clone(status);
    Position::new(move || status.current().position)
}

/// Where the read models are at least.
pub(crate) fn of_reads(probe: &Probe) -> Position {
    let probe = probe.clone();
    Position::new(move || probe.reached())
}
