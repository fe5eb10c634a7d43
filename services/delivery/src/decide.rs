//! What this program decides by itself, without a request: a subscriber is disabled, a replay is at its end,
//! a receipt is closed.

use events::Tenant;
use roster::{Intent, Refusal, Roster};
use writer::{Access, Command, Denied, Outage, Provenance, Writer};

/// Why something could not be decided.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DecideError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It may not be decided here, or not now.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The log is away.
    #[error(transparent)]
    Outage(#[from] Outage),
}

/// Decides, and returns when that is durable.
pub(crate) async fn decide(
    writer: &Writer,
    tenant: Tenant,
    intent: Intent,
) -> Result<(), DecideError> {
    let access = Access::Operator;
    let provenance = Provenance { tenant, access, request: None, trace_parent: None };
    let intent = move |_: &Roster| Ok(intent.clone());
    writer.execute::<_, DecideError>(Command::new(provenance, intent)).await?;
    Ok(())
}
