//! The commands of the JSON API: booking intake, leavers' cancellations, local team edits,
//! decisions on alerts.
//!
//! They share `/api/v1/{tenant}` with the read API: GET reads, everything else comes here.

mod alerts;
mod bookings;
mod caller;
mod import;
mod leavers;
mod lines;
mod teams;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Gateway;

/// The commands, each with its part of the OpenAPI document.
pub(crate) fn routes() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new()
        .routes(routes!(alerts::release))
        .routes(routes!(alerts::reverse))
        .routes(routes!(bookings::put, bookings::delete))
        .routes(routes!(import::import))
        .routes(routes!(leavers::cancel))
        .routes(routes!(teams::assign, teams::unassign))
        .routes(routes!(teams::choose_primary))
        .routes(routes!(teams::reset))
        .routes(routes!(teams::create))
        .routes(routes!(teams::rename, teams::remove))
}
