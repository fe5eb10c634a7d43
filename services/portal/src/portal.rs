//! What every page works on.

use std::sync::Arc;

use access::{PublicUrl, WriteAccess};
use jiff::Timestamp;
use projector::Database;
use tokio_util::sync::CancellationToken;
use web::PositionCipher;

use crate::apis::Apis;
use crate::oidc::{BadOidcSettings, Oidc, OidcSettings};
use crate::session::{Sessions, SessionsError};

/// How the portal is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where Entra reaches the gateway.
    pub gateway: PublicUrl,
    /// Where browsers reach the portal.
    pub url: PublicUrl,
    /// Whether that is by TLS, so that the cookie is sent by TLS alone.
    pub secure: bool,
    /// Encrypts positions in the log for tenants.
    pub positions: PositionCipher,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// At which provider administrators sign in; none, if by links alone.
    pub oidc: Option<OidcSettings>,
    /// Ends what goes on by itself.
    pub stop: CancellationToken,
}

/// The portal. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Portal(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    access: WriteAccess,
    apis: Apis,
    sessions: Sessions,
    settings: Settings,
    oidc: Option<Oidc>,
}

/// Why the portal cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is nowhere to keep sessions.
    #[error(transparent)]
    Sessions(#[from] SessionsError),
    /// Sign-in at the provider cannot be set up.
    #[error(transparent)]
    Oidc(#[from] BadOidcSettings),
}

impl Portal {
    /// A portal over this writer and these APIs, which keeps its sessions in `database`.
    pub async fn open(
        access: WriteAccess,
        apis: Apis,
        database: Database,
        settings: Settings,
    ) -> Result<Self, OpenError> {
        let sessions = Sessions::open(database, settings.now).await?;
        let callback = settings.url.page("/sign-in/provider/back");
        let oidc = settings.oidc.clone().map(|oidc| Oidc::new(oidc, callback)).transpose()?;
        Ok(Self(Arc::new(Parts { access, apis, sessions, settings, oidc })))
    }

    /// The writer.
    pub(crate) fn access(&self) -> &WriteAccess {
        &self.0.access
    }

    /// The APIs of this process.
    pub(crate) fn apis(&self) -> &Apis {
        &self.0.apis
    }

    /// Who is signed in.
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// At which provider administrators sign in, if at any.
    pub(crate) fn oidc(&self) -> Option<&Oidc> {
        self.0.oidc.as_ref()
    }

    /// How it is run.
    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }
}
