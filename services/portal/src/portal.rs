//! What every page works on.

use std::sync::Arc;

use access::{PublicUrl, WriteAccess};
use jiff::Timestamp;
use projector::Database;
use web::PositionCipher;

use crate::apis::Apis;
use crate::session::{Sessions, SessionsError};

/// How the portal is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where browsers reach it.
    pub url: PublicUrl,
    /// Whether that is by TLS, so that the cookie is sent by TLS alone.
    pub secure: bool,
    /// Encrypts positions in the log for tenants.
    pub positions: PositionCipher,
    /// The clock.
    pub now: fn() -> Timestamp,
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
}

impl Portal {
    /// A portal over this writer and these APIs, which keeps its sessions in `database`.
    pub async fn open(
        access: WriteAccess,
        apis: Apis,
        database: Database,
        settings: Settings,
    ) -> Result<Self, SessionsError> {
        let sessions = Sessions::open(database, settings.now).await?;
        Ok(Self(Arc::new(Parts { access, apis, sessions, settings })))
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

    /// How it is run.
    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }
}
