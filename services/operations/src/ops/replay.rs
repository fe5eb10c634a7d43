//! `/ops/v1/replay`: building a read model anew beside the live one, and letting readers see it.

mod decide;
mod forecast;
mod job;
mod notes;
mod plan;
mod release;
mod release_switch;
mod switch;
mod turn;
mod world;

use axum::Router;
use axum::routing::{get, post};

use crate::operations::Operations;

pub(crate) use job::{JobList, JobStatus, whose_job};
pub(crate) use plan::PlanAnswer;
pub(crate) use release::ReleaseAnswer;
pub(crate) use turn::try_turn;

pub(crate) fn endpoints() -> Router<Operations> {
    Router::new()
        .route("/ops/v1/replay", get(job::list).post(plan::make))
        .route("/ops/v1/replay/{id}", get(job::show))
        .route("/ops/v1/replay/{id}/run", post(decide::run))
        .route("/ops/v1/replay/{id}/pause", post(decide::pause))
        .route("/ops/v1/replay/{id}/resume", post(decide::resume))
        .route("/ops/v1/replay/{id}/cancel", post(decide::cancel))
        .route("/ops/v1/replay/{id}/cutover", post(switch::cut_over))
        .route("/ops/v1/replay/{id}/rollback", post(switch::roll_back))
        .route("/ops/v1/projections/{projection}", get(release::show))
        .route("/ops/v1/projections/{projection}/cutover", post(release_switch::cut_over))
        .route("/ops/v1/projections/{projection}/rollback", post(release_switch::roll_back))
}
