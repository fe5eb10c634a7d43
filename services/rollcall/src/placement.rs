//! Several streams in one account, each with tenants of its own: what a process answers about those of
//! another.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use clap::Args;
use eventlog::{Log, Placement, StreamName};
use web::Problem;

use crate::write_side::WriteSide;

/// Whether several streams share the tenants between them.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct PlacementArgs {
    /// Several streams of this NATS account hold tenants: note which tenants are on this one, beside
    /// the stream PROVISIONING, and answer for no other. For all gateways of all these streams, those
    /// of PROVISIONING first
    #[arg(long, env = "ROLLCALL_PLACEMENT", help_heading = "The log's server")]
    placement: bool,
}

impl PlacementArgs {
    /// For who writes: all tenants of its log are placed on its stream, unless another has them.
    pub(crate) async fn of_writes(self, log: &Log, writes: WriteSide) -> anyhow::Result<WriteSide> {
        if !self.placement {
            return Ok(writes);
        }
        let roster = writes.access.writer().roster();
        let tenants = roster.tenants().map(|(slug, _)| slug.clone());
        let (placement, foreign) = Placement::join(log, tenants).await?;
        if !foreign.is_empty() {
            let tenants = foreign.len();
            tracing::error!(
                tenants,
                "this log has tenants that are placed on other streams; it answers for none of these"
            );
        }
        Ok(writes.placed(placement))
    }

    /// For who only reads.
    pub(crate) async fn of_reads(self, log: &Log) -> anyhow::Result<Placement> {
        Ok(if self.placement { Placement::of(log).await? } else { Placement::alone(log) })
    }
}

/// Answers requests about tenants of other streams, and leaves all others to `router`.
pub(crate) fn guard(router: Router, placement: &Placement) -> Router {
    if placement.is_alone() {
        // A layer costs every request something.
        return router;
    }
    router.layer(from_fn_with_state(placement.clone(), answer))
}

async fn answer(State(placement): State<Placement>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let named = tenant(path).and_then(|slug| slug.parse().ok());
    match named.and_then(|tenant| placement.elsewhere(&tenant)) {
        Some(stream) if path.starts_with("/scim/") => ingest::on_other_stream(stream),
        Some(stream) => misdirected(&stream),
        None => next.run(request).await,
    }
}

fn misdirected(stream: &StreamName) -> Response {
    let detail =
        format!("the tenant is on the stream {stream}; send this to a process of that one");
    Problem::new(StatusCode::MISDIRECTED_REQUEST, detail).into_response()
}

/// The tenant that a path names.
fn tenant(path: &str) -> Option<&str> {
    let after = ["/scim/v2/", "/api/v1/", "/operator/v1/tenants/"]
        .into_iter()
        .find_map(|before| path.strip_prefix(before))?;
    after.split('/').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_its_tenant_at_every_door() {
        for (path, named) in [
            ("/scim/v2/acme/Users", Some("acme")),
            ("/api/v1/acme/events", Some("acme")),
            ("/operator/v1/tenants/acme/tokens", Some("acme")),
            ("/operator/v1/tenants", None),
            ("/oauth/token", None),
            ("/health/ready", None),
        ] {
            assert_eq!(tenant(path), named, "{path}");
        }
    }
}
