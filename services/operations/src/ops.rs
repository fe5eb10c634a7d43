//! `/ops/v1`: the operation of the program itself. Each file has the endpoints of one subject, and
//! the types of its answers.

mod answer;
mod caller;
mod confined;
mod counts;
mod deliveries;
mod diff;
mod diff_events;
mod diff_slots;
mod doctor;
mod erasure_plan;
mod erasures;
mod error;
mod extract;
mod feed;
mod happened;
mod journal;
pub(crate) mod known_tenant;
mod masked;
mod operators;
mod parked;
mod parked_advice;
mod parked_decisions;
mod parked_export;
mod parked_id;
mod read_models;
mod readers;
mod reason_text;
mod receipts;
mod recorded;
mod recorded_request;
pub(crate) mod replay;
mod see;
mod see_refusals;
mod still_active;
mod subscribers_of;
mod tests_sent;
mod verifications;
mod webhooks;
mod whose;

use axum::response::IntoResponse as _;
use axum::routing::{delete, get, post};
use axum::{Extension, Router};
use web::{Problem, json_body};

use crate::audit;
use crate::eraser::Eraser;
use crate::operations::{MAX_BODY, Operations};

pub(crate) use answer::{Answer, Answered};
pub(crate) use caller::{Caller, Reader};
pub(crate) use confined::{Confined, sees};
pub(crate) use counts::{JoinersAndLeavers, RequestResults};
pub(crate) use deliveries::DeliveryList;
pub(crate) use diff::Diff;
pub(crate) use erasure_plan::PlannedErasure;
pub(crate) use erasures::{ErasureList, ErasureStatus};
pub(crate) use error::OpsError;
pub(crate) use feed::PartAnswer;
pub(crate) use happened::EventList;
pub(crate) use journal::Journal;
pub use masked::masked;
pub(crate) use operators::{AddedOperator, OperatorList, OperatorRoles};
pub(crate) use parked::{ParkedDetail, ParkedList};
pub(crate) use parked_decisions::{RetriedList, SkippedEvent};
pub(crate) use parked_export::ParkedExport;
pub(crate) use read_models::ReadModelList;
pub(crate) use readers::ReaderList;
pub(crate) use receipts::{OverdueList, ReceiptAnswer};
pub(crate) use recorded::RequestList;
pub(crate) use recorded_request::RequestDetail;
pub(crate) use replay::{JobList, JobStatus, PlanAnswer, ReleaseAnswer};
pub(crate) use tests_sent::TestAnswer;
pub(crate) use verifications::{VerificationAnswer, VerificationList};
pub(crate) use webhooks::{DeadLetterList, Resent, WebhookList};

/// `/ops/v1`, behind limits of its own: it needs no writer.
pub fn routes(operations: Operations) -> Router {
    let (limits, acts) = (operations.limits().clone(), operations.acts().clone());
    let routes = audit::audited(endpoints(), acts).with_state(operations);
    let routes = routes.method_not_allowed_fallback(Problem::no_such_method);
    let routes = json_body::limited(routes, MAX_BODY);
    limits.before(routes, |why| Problem::from(why).into_response())
}

/// `/ops/v1/erasures`, which need a writer.
pub fn erasure_routes(operations: Operations, eraser: Eraser) -> Router {
    let (limits, acts) = (operations.limits().clone(), operations.acts().clone());
    let endpoints = Router::new()
        .route("/ops/v1/erasures", get(erasures::list).post(erasures::plan))
        .route("/ops/v1/erasures/{id}", get(erasures::show))
        .route("/ops/v1/erasures/{id}/run", post(erasures::run));
    let routes = audit::audited(endpoints, acts).layer(Extension(eraser)).with_state(operations);
    let routes = routes.method_not_allowed_fallback(Problem::no_such_method);
    let routes = json_body::limited(routes, MAX_BODY);
    limits.before(routes, |why| Problem::from(why).into_response())
}

fn endpoints() -> Router<Operations> {
    Router::new()
        .route("/ops/v1/doctor", get(doctor::show))
        .route("/ops/v1/journal", get(journal::list))
        .route("/ops/v1/operators", get(operators::list).post(operators::add))
        .route("/ops/v1/operators/{name}", delete(operators::revoke))
        .route("/ops/v1/operators/{name}/grant", post(operators::grant))
        .route("/ops/v1/operators/{name}/ungrant", post(operators::ungrant))
        .route("/ops/v1/parked", get(parked::list))
        .route("/ops/v1/parked/export", get(parked_export::export))
        .route("/ops/v1/parked/retry", post(parked_decisions::retry))
        .route("/ops/v1/parked/{id}", get(parked::show))
        .route("/ops/v1/parked/{id}/skip", post(parked_decisions::skip))
        .route("/ops/v1/projections/{projection}/diff", get(diff::show_release))
        .route("/ops/v1/replay/{id}/diff", get(diff::show))
        .route("/ops/v1/verifications", get(verifications::list).post(verifications::begin))
        .route("/ops/v1/verifications/{id}", get(verifications::show))
        .merge(replay::endpoints())
        .route("/ops/v1/read-models", get(read_models::list))
        .route("/ops/v1/readers", get(readers::list))
        .route("/ops/v1/deliveries", get(deliveries::list))
        .route("/ops/v1/feed", get(feed::show))
        .route("/ops/v1/tests", get(tests_sent::show))
        .route("/ops/v1/receipts", get(receipts::show))
        .route("/ops/v1/events", get(happened::list))
        .route("/ops/v1/joiners-and-leavers", get(counts::joiners_and_leavers))
        .route("/ops/v1/requests", get(recorded::list))
        .route("/ops/v1/requests/results", get(counts::results))
        .route("/ops/v1/requests/{number}", get(recorded_request::show))
        .route("/ops/v1/requests/{number}/reveal", post(recorded_request::reveal))
        .route("/ops/v1/receipts/overdue", get(receipts::overdue))
        .route("/ops/v1/webhooks", get(webhooks::list))
        .route("/ops/v1/webhooks/{subscriber}/dead-letters", get(webhooks::dead_letters))
        .route("/ops/v1/webhooks/{subscriber}/resend", post(webhooks::resend))
        .route("/ops/v1/explain", post(see::explain))
        .route("/ops/v1/history", post(see::history))
        .route("/ops/v1/employees", get(see::directory))
        .route("/ops/v1/trace", post(see::trace))
        .route("/ops/v1/lag", get(see::lag))
        .route("/ops/v1/status", get(see::status))
}
