//! The portal, over the APIs of this process.

use axum::Router;
use portal::{Apis, OidcSettings, Portal, Settings};
use projector::Database;
use tokio_util::sync::CancellationToken;

use crate::write_side::WriteSide;

/// Connections to Postgres that the portal may use beside those of the APIs: for sessions.
pub(crate) const CONNECTIONS: usize = 4;

/// The pages, which show and do what `apis` do.
pub(crate) async fn pages(
    (writes, stop): (&WriteSide, &CancellationToken),
    database: Database,
    oidc: Option<OidcSettings>,
    apis: Router,
) -> anyhow::Result<Router> {
    let settings = Settings {
        gateway: writes.urls.gateway.clone(),
        url: writes.urls.portal.clone(),
        secure: writes.urls.secure,
        positions: writes.positions.clone(),
        now: eventlog::clock::now,
        oidc,
        stop: stop.clone(),
    };
    let portal = Portal::open(writes.access.clone(), Apis::new(apis), database, settings).await?;
    Ok(portal::routes(portal))
}
