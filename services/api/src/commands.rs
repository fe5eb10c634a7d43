//! The commands of the JSON API: bookings, leavers' cancellations, local team edits, decisions on
//! alerts.
//!
//! They share `/api/v1/{tenant}` with the reads: GET reads, everything else comes here.

mod alerts;
mod answer;
mod bookings;
mod caller;
mod cancel_many;
mod decide_many;
mod due;
mod import;
mod leaver_policies;
mod leavers;
mod leavers_booking;
mod named_booking;
mod teams;

use access::WriteAccess;
use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The commands, behind the limits that the doors over this writer share. None of them is a GET.
pub fn routes(access: &WriteAccess) -> Router {
    let (router, _) = endpoints().split_for_parts();
    access.json_routes(router.with_state(access.clone()))
}

/// The commands, each with its part of the OpenAPI document.
pub(crate) fn endpoints() -> OpenApiRouter<WriteAccess> {
    OpenApiRouter::new()
        .routes(routes!(alerts::release))
        .routes(routes!(alerts::reverse))
        .routes(routes!(bookings::put, bookings::delete))
        .routes(routes!(import::import))
        .routes(routes!(leavers::cancel))
        .routes(routes!(cancel_many::cancel))
        .routes(routes!(decide_many::keep))
        .routes(routes!(decide_many::hand_over))
        .routes(routes!(leavers_booking::withdraw))
        .routes(routes!(leavers_booking::keep))
        .routes(routes!(leavers_booking::hand_over))
        .routes(routes!(leavers_booking::reopen))
        .routes(routes!(leaver_policies::put, leaver_policies::delete))
        .routes(routes!(teams::assign, teams::unassign))
        .routes(routes!(teams::choose_primary))
        .routes(routes!(teams::reset))
        .routes(routes!(teams::create))
        .routes(routes!(teams::rename, teams::remove))
}
