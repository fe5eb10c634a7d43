//! `GET /health/live` and `/health/ready`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use super::Problem;
use super::matched_route::note_routes;

/// Tells why something is not ready, or nothing.
type Check = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// What must hold before a process can do its work.
#[derive(Clone, Default)]
pub struct Readiness {
    checks: BTreeMap<String, Check>,
}

impl std::fmt::Debug for Readiness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.checks.keys()).finish()
    }
}

impl Readiness {
    /// Adds a check. It is asked at each question, so it must answer from memory.
    #[must_use]
    pub fn with(
        mut self,
        name: impl Into<String>,
        check: impl Fn() -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.checks.insert(name.into(), Arc::new(check));
        self
    }

    fn report(&self) -> Report {
        let checks: BTreeMap<_, _> = self
            .checks
            .iter()
            .map(|(name, check)| (name.clone(), check().err().unwrap_or_else(|| "ok".to_owned())))
            .collect();
        Report { ready: checks.values().all(|answer| answer == "ok"), checks }
    }
}

#[derive(Serialize)]
struct Report {
    ready: bool,
    /// `ok`, or the reason why not.
    checks: BTreeMap<String, String>,
}

/// `GET /health/live`: the process answers. `GET /health/ready`: it can do its work; 503 and the
/// reasons, if not.
pub fn routes(readiness: Readiness) -> Router {
    let router = Router::new()
        .route("/health/live", get(async || Json(serde_json::json!({ "live": true }))))
        .route("/health/ready", get(ready))
        .method_not_allowed_fallback(Problem::no_such_method);
    note_routes(router).with_state(readiness)
}

async fn ready(State(readiness): State<Readiness>) -> (StatusCode, Json<Report>) {
    let report = readiness.report();
    let status = if report.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(report))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_reason_is_enough_not_to_be_ready() {
        let readiness = Readiness::default().with("log", || Ok(()));
        assert_eq!(ready(State(readiness.clone())).await.0, StatusCode::OK);
        let readiness = readiness.with("teams", || Err("the chain is broken".to_owned()));
        let (status, Json(report)) = ready(State(readiness)).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(report.checks["teams"], "the chain is broken");
        assert_eq!(report.checks["log"], "ok");
    }
}
