//! The operators' API: tenants and their settings under `/operator/v1`, and the operation of the
//! program itself, replays above all, under `/ops/v1`.
//!
//! The token of the settings opens everything; operators have tokens of their own, with roles.
//! Whatever anybody changes leaves acts in the journal. Secrets are in the answer to the request
//! that makes them, and nowhere else, ever.
#![warn(missing_docs)]

mod act_log;
mod administrators;
mod audit;
mod bookings;
mod caller;
mod credentials;
mod deciding;
pub mod deep_health;
mod directory_at;
mod directory_stream;
pub mod doctor;
mod eraser;
mod extensions;
mod guard;
mod integration;
mod integration_check;
mod job_progress;
mod lag;
mod leaver_policies;
mod moment;
mod open_work;
mod operations;
mod operator_api;
mod ops;
mod person;
mod recorded;
mod release;
mod request_trace;
mod rotation;
mod sample;
pub mod schema;
pub mod scrape;
pub mod status;
mod status_types;
mod subscribers;
mod tenants;
#[cfg(test)]
mod tests;
mod unnoted;
mod verify;
mod wanted;
mod watcher;
mod way_back;

use axum::Router;
use axum::routing::{delete, get, patch, post, put};

pub use act_log::{ActError, ActLog, LastVerified};
pub use eraser::{DeletingUser, EraseAgainError, ErasedAgain, Eraser, ListedErasure, erase_again};
pub use open_work::{Difference, OpenErasure, OpenJob, OpenWork, ReleaseWork};
pub use operations::Operations;
pub use operator_api::OperatorApi;
pub use ops::{erasure_routes, masked, routes as ops_routes};
pub use recorded::RequestWatch;
pub use release::{Release, ReleaseState};
pub use status_types::{AlertStatus, SlotStatus, State, Status, StreamStatus};
pub use wanted::wanted;
pub use watcher::watch_jobs;

/// `/operator/v1`, behind the limits that the services over this writer share.
pub fn routes(api: OperatorApi) -> Router {
    let (access, acts) = (api.access.clone(), api.acts.clone());
    access.json_routes(audit::audited(endpoints(), acts).with_state(api))
}

fn endpoints() -> Router<OperatorApi> {
    Router::new()
        .route("/operator/v1/tenants", get(tenants::list).post(tenants::create))
        .route(
            "/operator/v1/tenants/{tenant}/integration",
            put(integration::activate).delete(integration::deactivate),
        )
        .route("/operator/v1/tenants/{tenant}/integration/rotate", post(rotation::rotate))
        .route("/operator/v1/tenants/{tenant}/integration/check", get(integration_check::check))
        .route(
            "/operator/v1/tenants/{tenant}/extensions",
            get(extensions::list).post(extensions::declare),
        )
        .route("/operator/v1/tenants/{tenant}/extensions/{urn}", delete(extensions::remove))
        .route("/operator/v1/tenants/{tenant}/guard", get(guard::show).patch(guard::set))
        .route("/operator/v1/tenants/{tenant}/bookings/cancel", post(bookings::cancel))
        .route("/operator/v1/tenants/{tenant}/leaver-policies", get(leaver_policies::list))
        .route(
            "/operator/v1/tenants/{tenant}/leaver-policies/{resource_type}",
            put(leaver_policies::set),
        )
        .route("/operator/v1/tenants/{tenant}/alerts", get(guard::alerts))
        .route("/operator/v1/tenants/{tenant}/alerts/{id}/release", post(guard::release))
        .route("/operator/v1/tenants/{tenant}/alerts/{id}/reverse", post(guard::reverse))
        .route(
            "/operator/v1/tenants/{tenant}/subscribers",
            get(subscribers::list).post(subscribers::add),
        )
        .route(
            "/operator/v1/tenants/{tenant}/subscribers/{subscriber}",
            get(subscribers::show).patch(subscribers::change).delete(subscribers::remove),
        )
        .route(
            "/operator/v1/tenants/{tenant}/subscribers/{subscriber}/secrets",
            post(subscribers::rotate),
        )
        .route(
            "/operator/v1/tenants/{tenant}/subscribers/{subscriber}/secrets/{id}",
            delete(subscribers::withdraw),
        )
        .route(
            "/operator/v1/tenants/{tenant}/subscribers/{subscriber}/disable",
            post(subscribers::disable),
        )
        .route(
            "/operator/v1/tenants/{tenant}/subscribers/{subscriber}/enable",
            post(subscribers::enable),
        )
        .merge(courses())
        .merge(administered())
        .route("/operator/v1/tenants/{tenant}/clients", post(credentials::issue_client))
        .route("/operator/v1/tenants/{tenant}/tokens", post(credentials::issue_token))
        .route("/operator/v1/tenants/{tenant}/credentials", get(credentials::list))
        .route("/operator/v1/tenants/{tenant}/credentials/{id}", delete(credentials::revoke))
}

/// Who may sign in to the portal.
fn administered() -> Router<OperatorApi> {
    let all = "/operator/v1/tenants/{tenant}/administrators";
    Router::new()
        .route(all, get(administrators::list).post(administrators::invite))
        .route(
            &format!("{all}/{{id}}"),
            patch(administrators::change_roles).delete(administrators::remove),
        )
        .route(&format!("{all}/{{id}}/link"), post(administrators::issue_link))
}

/// What becomes of a subscriber's course through the feed.
fn courses() -> Router<OperatorApi> {
    let of =
        |what: &str| format!("/operator/v1/tenants/{{tenant}}/subscribers/{{subscriber}}/{what}");
    Router::new()
        .route(&of("pause"), post(subscribers::pause))
        .route(&of("resume"), post(subscribers::resume))
        .route(&of("reset"), post(subscribers::reset))
        .route(&of("test"), post(subscribers::test))
        .route(&of("replays"), post(subscribers::start_replay))
        .route(&of("replays/{id}"), delete(subscribers::cancel_replay))
}
