//! What the pull door needs, and who comes through it.

use std::sync::Arc;
use std::time::Duration;

use access::{CommandError, WriteAccess};
use axum::extract::FromRequestParts;
use axum::http::request::Parts as RequestParts;
use axum::http::{HeaderValue, StatusCode, header};
use cipher::Cipher;
use eventlog::{Feed, KeyError, Log};
use events::{CredentialId, Scope, Tenant};
use jiff::Timestamp;
use projector::Database;
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;
use web::principal::Sought;
use web::{Bounds, Forbidden, Permission, Principal, Problem, RequestLimits, principal};

use super::cursor::{BadCursor, CURSOR_KEY, Place};
use super::kept::KeptPictures;
use super::streams::Streams;
use crate::delivery::Delivery;
use crate::feed_watch::FeedWatch;
use crate::picture::Shown;
use crate::readers::Readers;

/// How the pull door is run.
#[derive(Clone, Copy, Debug)]
pub struct PullSettings {
    /// How long the reader of a stream may take over a part of it before it is told to come again.
    pub patience: Duration,
    /// Streams at a time.
    pub streams: usize,
    /// The same, of one tenant.
    pub streams_per_tenant: usize,
}

impl Default for PullSettings {
    fn default() -> Self {
        Self { patience: Duration::from_secs(10), streams: 256, streams_per_tenant: 64 }
    }
}

/// The pull door. Cheap to clone, which happens for each request.
#[derive(Clone, Debug)]
pub struct PullDoor(Arc<Parts>);

/// What the door is made of.
#[derive(Debug)]
pub struct Parts {
    pub(crate) feed: Feed,
    /// When the feed's stream was made.
    made: Timestamp,
    pub(crate) watch: FeedWatch,
    pub(crate) shown: Arc<Shown>,
    pub(crate) access: WriteAccess,
    cipher: Cipher,
    pub(crate) streams: Streams,
    pub(crate) kept: KeptPictures,
    pub(crate) readers: Readers,
    /// Held while a replay is planned, for which much of the feed is looked at: one at a time.
    pub(super) planning: Mutex<()>,
    pub(crate) patience: Duration,
    pub(crate) limits: RequestLimits,
    pub(crate) stop: CancellationToken,
}

/// Why the door cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum NoDoor {
    /// The key of cursors could not be read from beside the log.
    #[error("fetch the key of cursors")]
    Key(#[from] KeyError),
}

impl std::ops::Deref for PullDoor {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl PullDoor {
    /// A door to the feed beside `log` for those whom `access` knows, which is open until `stop`. How far
    /// its subscribers are is kept in the database, once there is one. Its requests are counted apart from all
    /// others: streams must not keep anybody else out.
    pub async fn open(
        (log, delivery): (&Log, &Delivery),
        access: WriteAccess,
        database: watch::Receiver<Option<Database>>,
        bounds: Bounds,
        settings: PullSettings,
        stop: CancellationToken,
    ) -> Result<Self, NoDoor> {
        let cipher = Cipher::new(&log.shared_key(CURSOR_KEY).await?);
        Ok(Self(Arc::new(Parts {
            feed: delivery.feed().clone(),
            made: delivery.made(),
            watch: delivery.watch().clone(),
            shown: Arc::clone(delivery.shown()),
            access,
            cipher,
            streams: Streams::new(settings.streams, settings.streams_per_tenant),
            kept: KeptPictures::default(),
            readers: Readers::new(delivery.made(), database),
            planning: Mutex::default(),
            patience: settings.patience,
            limits: RequestLimits::new(bounds),
            stop,
        })))
    }

    /// Keeps how far subscribers are, until the door is closed.
    pub async fn keep_places(&self) {
        let subscribers = || {
            let roster = self.access.writer().roster();
            let all = roster.tenants().flat_map(|(_, tenant)| tenant.subscribers().iter());
            all.map(|subscriber| subscriber.id).collect()
        };
        self.readers.run(subscribers, self.stop.clone()).await;
    }

    /// The place that a reader names; without a cursor, the beginning.
    pub(crate) fn place(&self, tenant: &Tenant, cursor: Option<&str>) -> Result<u64, BadCursor> {
        let Some(cursor) = cursor else { return Ok(0) };
        Ok(Place::decrypt(&self.cipher, tenant, self.made, cursor)?.seq)
    }

    /// Refuses everybody once the stream is another one, whose places are others.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        if !self.shown.is_replaced() {
            return Ok(());
        }
        let why = "the feed is being made anew; come again in a moment";
        Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, why)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("5")))
    }

    /// The cursor that names a place.
    pub(crate) fn cursor(&self, tenant: &Tenant, seq: u64) -> String {
        Place { feed: self.made, seq }.encrypt(&self.cipher, tenant)
    }
}

/// The holder of a living API token of the tenant that the path names.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) tenant: Tenant,
    credential: Option<CredentialId>,
}

impl Reader {
    /// Whether the token was revoked since the request came.
    pub(crate) fn is_revoked(&self, door: &PullDoor) -> bool {
        self.credential.is_some_and(|id| door.access.is_revoked(id))
    }
}

impl FromRequestParts<PullDoor> for Reader {
    type Rejection = CommandError;

    async fn from_request_parts(
        parts: &mut RequestParts,
        door: &PullDoor,
    ) -> Result<Self, CommandError> {
        let (tenant, principal) = holder(parts, door, Scope::EventsRead).await?;
        let credential = match principal {
            Principal::Credential { credential, .. } => Some(credential),
            Principal::Operator(_) | Principal::Administrator { .. } => None,
        };
        Ok(Self { tenant, credential })
    }
}

/// Who holds a living API token with this scope, of the tenant that the path names.
pub(super) async fn holder(
    parts: &mut RequestParts,
    door: &PullDoor,
    scope: Scope,
) -> Result<(Tenant, Principal), CommandError> {
    let find = async |digest| Ok(door.access.principal(digest).await?);
    // The roster knows every token there is.
    let nobody = async |_| Ok(Sought::Nobody);
    let (tenant, principal) =
        principal::api_token::<CommandError>(parts, door.access.counts(), find, nobody).await?;
    let may: Result<(), Forbidden> = principal.may(Permission::Api(scope));
    may?;
    door.check()?;
    Ok((tenant, principal))
}

impl From<BadCursor> for Problem {
    fn from(why: BadCursor) -> Self {
        match why {
            BadCursor::Forged => Self::malformed(format!("the cursor {why}")),
            BadCursor::OfAnotherFeed => Self::new(StatusCode::GONE, format!("the cursor {why}")),
        }
    }
}
