//! The writer of a process, with the APIs over it: SCIM and the token endpoint, the commands of the
//! JSON API, the operators' API.

use std::path::PathBuf;
use std::time::Duration;

use access::{PublicUrl, WriteAccess};
use anyhow::Context as _;
use axum::Router;
use cipher::{Cipher, SUBSCRIBER_SECRET};
use delivery::webhooks::Reach;
use eventlog::{Log, Placement};
use events::Digest;
use ingest::Gateway;
use operations::{ActLog, DeletingUser, Eraser, OperatorApi, RequestWatch};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use web::{PositionCipher, Problem};
use writer::{Died, Progress, Writer};

use crate::position;

/// How the writer and the APIs over it are run.
#[derive(Clone, Debug)]
pub(crate) struct WriteSettings {
    /// Where clients reach this service.
    pub(crate) public_url: String,
    /// Where browsers reach the portal.
    pub(crate) portal_url: String,
    /// The digest of the token that opens everything to operators.
    pub(crate) operator: Option<Digest>,
    /// Where other operators' tokens are, and what they do.
    pub(crate) acts: ActLog,
    /// What holds of all APIs.
    pub(crate) access: access::Settings,
    /// What holds of SCIM.
    pub(crate) limits: ingest::ResourceLimits,
    /// How long it is recorded what clients asked of SCIM, if it is.
    pub(crate) record: Option<Duration>,
    /// Where the roster is saved, so that the next start need not read the whole log.
    pub(crate) snapshot: Option<PathBuf>,
    /// Where webhooks may be sent.
    pub(crate) reach: Reach,
}

/// Where others reach this installation.
#[derive(Clone, Debug)]
pub(crate) struct Urls {
    /// SCIM and the JSON API.
    pub(crate) gateway: PublicUrl,
    /// The portal.
    pub(crate) portal: PublicUrl,
    /// Whether the portal is reached by TLS.
    pub(crate) secure: bool,
}

/// A running writer and the APIs over it.
#[derive(Clone, Debug)]
pub(crate) struct WriteSide {
    pub(crate) access: WriteAccess,
    pub(crate) gateway: Gateway,
    pub(crate) positions: PositionCipher,
    pub(crate) urls: Urls,
    /// Which tenants are for this process.
    pub(crate) placement: Placement,
    operators: OperatorApi,
    snapshot: Option<PathBuf>,
}

impl WriteSide {
    /// Reads the log, showing how far the reading is, and carries out commands until `stop`.
    pub(crate) async fn start(
        log: &Log,
        settings: WriteSettings,
        progress: &watch::Sender<Progress>,
        stop: &CancellationToken,
    ) -> anyhow::Result<Self> {
        let WriteSettings {
            public_url,
            portal_url,
            operator,
            acts,
            access,
            limits,
            record,
            snapshot,
            reach,
        } = settings;
        let (saved, consistent) = (snapshot.as_deref(), access.consistent_reads);
        let writer = Writer::start(log.clone(), saved, consistent, progress, stop.clone());
        let writer = writer.await.context("read the roster out of the log")?;
        let positions = position::cipher(log).await?;
        let (access, url) = (WriteAccess::new(writer, access), PublicUrl::new(&public_url));
        let cipher = Cipher::new(&log.shared_key(SUBSCRIBER_SECRET).await?);
        let placement = Placement::alone(log);
        let (log, stop) = (log.clone(), stop.clone());
        let watched = RequestWatch::new(log.clone());
        let gateway =
            Gateway::start(access.clone(), log, url.clone(), limits, record, stop).await?;
        let portal = PublicUrl::new(&portal_url);
        let operators = OperatorApi::new(access.clone(), url.clone(), operator, acts, cipher)
            .with_portal(portal.clone())
            .with_placement(placement.clone())
            .with_reach(reach)
            .with_requests(watched);
        let urls = Urls { gateway: url, portal, secure: portal_url.starts_with("https://") };
        Ok(Self { access, gateway, positions, urls, placement, operators, snapshot })
    }

    /// The same, for the tenants that `placement` leaves to it.
    pub(crate) fn placed(self, placement: Placement) -> Self {
        let operators = self.operators.with_placement(placement.clone());
        Self { placement, operators, ..self }
    }

    /// What erases people with this writer, and deletes events as this user of NATS.
    pub(crate) fn eraser(&self, nats: DeletingUser) -> Eraser {
        Eraser::new(self.access.clone(), self.snapshot.clone(), nats)
    }

    /// `/operator/v1` alone, and a problem for any other path.
    pub(crate) fn operator_routes(&self) -> Router {
        let nothing = Router::new().fallback(Problem::no_such_path);
        operations::routes(self.operators.clone()).merge(self.access.json_routes(nothing))
    }

    /// The routes of all APIs, and a problem for any other path.
    pub(crate) fn routes(&self) -> Router {
        let nothing = Router::new().fallback(Problem::no_such_path);
        ingest::routes(&self.gateway)
            .merge(api::commands(&self.access))
            .merge(operations::routes(self.operators.clone()))
            .merge(self.access.json_routes(nothing))
    }

    /// Runs until the last command was answered. Fails if the write engine does: this process cannot
    /// write again, and has to end.
    pub(crate) async fn run(&self) -> Result<(), Died> {
        let ended = CancellationToken::new();
        let running = async {
            let _done = ended.clone().drop_guard();
            Box::pin(self.access.writer().run(self.snapshot.clone())).await
        };
        let following = ended.run_until_cancelled(Box::pin(self.placement.follow()));
        let noting = self.gateway.note_beside_the_log();
        tokio::join!(running, following, noting).0
    }
}
