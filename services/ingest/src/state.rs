//! The running gateway: what it is made of, and what its handlers ask of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use access::{PublicUrl, WriteAccess};
use cipher::Cipher;
use eventlog::{Log, clock};
use events::{Tenant, TenantId};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use web::PositionCipher;
use web::workers::Workers;

use crate::access_token::Signer;
use crate::credential_uses::UsedCredentials;
use crate::gateway::BodyMemory;
use crate::ignored::IgnoredCounts;
use crate::last_requests::{LastRequests, SHARE_INTERVAL};
use crate::limits::ResourceLimits;
use crate::recording::{self, Recorder, Recording};

/// How long it may take to note beside the log when directories were heard last.
const SHARE_TIMEOUT: Duration = Duration::from_secs(5);

/// The running gateway, as its handlers see it: cheap to clone, which happens for each request.
#[derive(Clone, Debug)]
pub struct Gateway(Arc<Parts>);

/// What a running gateway is made of.
pub struct Parts {
    pub(crate) access: WriteAccess,
    pub(crate) signer: Signer,
    /// What hides positions of the log in what clients keep.
    pub(crate) cipher: Arc<Cipher>,
    pub(crate) url: PublicUrl,
    pub(crate) limits: ResourceLimits,
    pub(crate) ignored: Arc<IgnoredCounts>,
    pub(crate) last_requests: LastRequests,
    pub(crate) credential_uses: UsedCredentials,
    pub(crate) recorder: Arc<Recorder>,
    /// The work of recording, until somebody runs it.
    recording: Mutex<Option<Recording>>,
    /// Where ignored attributes are counted, until the stop.
    log: Log,
    stop: CancellationToken,
    pub(crate) workers: Workers,
    pub(crate) memory: BodyMemory,
}

/// Why the gateway could not start.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The key could not be read from beside the log.
    #[error("fetch a key from beside the log")]
    Key(#[source] eventlog::KeyError),
    /// The machine gave no threads.
    #[error("start the threads for large requests")]
    Workers(#[source] std::io::Error),
}

impl std::ops::Deref for Gateway {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Gateway {
    /// A gateway over a writer of `log`, which clients reach at `url`, until `stop`. Requests are recorded
    /// for as long as `record` says, if it does.
    pub async fn start(
        access: WriteAccess,
        log: Log,
        url: PublicUrl,
        limits: ResourceLimits,
        record: Option<Duration>,
        stop: CancellationToken,
    ) -> Result<Self, GatewayError> {
        let key = log.shared_key("access-tokens").await.map_err(GatewayError::Key)?;
        let positions = log.shared_key(PositionCipher::KEY).await.map_err(GatewayError::Key)?;
        let (recorder, recording) = match record {
            None => (Recorder::default(), None),
            Some(max_age) => {
                let key = log.shared_key(recording::KEY).await.map_err(GatewayError::Key)?;
                let (recorder, recording) = Recorder::new(max_age, &key);
                (recorder, Some(recording))
            }
        };
        Ok(Self(Arc::new(Parts {
            access,
            signer: Signer::new(key),
            cipher: Arc::new(Cipher::new(&positions)),
            url,
            limits,
            workers: Workers::start(Workers::fewer_than_processors())
                .map_err(GatewayError::Workers)?,
            memory: BodyMemory::default(),
            ignored: Arc::default(),
            last_requests: LastRequests::default(),
            credential_uses: UsedCredentials::default(),
            recorder: Arc::new(recorder),
            recording: Mutex::new(recording),
            log,
            stop,
        })))
    }

    /// Notes beside the log which attributes nobody keeps, when directories were heard last, when credentials
    /// were used last, and what was asked, until the stop.
    pub async fn note_beside_the_log(&self) {
        let ignored = Box::pin(self.ignored.keep_flushing(&self.log, &self.stop));
        let recording = Box::pin(self.keep_recording());
        let uses = Box::pin(self.credential_uses.keep_noting(&self.log, &self.stop));
        tokio::join!(ignored, Box::pin(self.keep_sharing_last_requests()), recording, uses);
    }

    async fn keep_recording(&self) {
        let recording = self.recording.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(recording) = recording {
            Box::pin(recording.run(&self.recorder, &self.access, &self.log, &self.stop)).await;
        }
    }

    /// How many requests were recorded, passed over and dropped, since the start; for metrics.
    pub fn recorded(&self) -> [(&'static str, u64); 3] {
        self.recorder.counts()
    }

    /// Once more at the stop, so that nothing that was heard is forgotten.
    async fn keep_sharing_last_requests(&self) {
        loop {
            let active = self.active_tenants();
            let shared = self.last_requests.share(&self.log, &active);
            match timeout(SHARE_TIMEOUT, shared).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "cannot note when directories were heard last");
                }
                Err(_) => tracing::warn!("cannot note in time when directories were heard last"),
            }
            if self.stop.is_cancelled() {
                return;
            }
            self.stop.run_until_cancelled(sleep(SHARE_INTERVAL)).await;
        }
    }

    fn active_tenants(&self) -> Vec<Tenant> {
        let roster = self.access.writer().roster();
        let active = roster.tenants().filter(|(_, tenant)| access::is_active(tenant));
        active.map(|(slug, _)| slug.clone()).collect()
    }

    /// How often clients have sent each attribute that is not kept, since the start; for metrics.
    pub fn ignored(&self) -> Vec<(String, u64)> {
        self.ignored.totals()
    }

    /// How long ago each tenant whose integration is active showed a good credential last, here or at
    /// another gateway, as far as that is known; for metrics, which know tenants by their ids alone.
    pub fn last_requests(&self) -> Vec<(TenantId, Duration)> {
        let (roster, now) = (self.access.writer().roster(), clock::now());
        let mut ages = Vec::new();
        for (slug, tenant) in roster.tenants() {
            if access::is_active(tenant) {
                let age = self.last_requests.age(slug, now);
                ages.extend(tenant.id().zip(age));
            } else {
                self.last_requests.expects_nothing(slug);
            }
        }
        ages
    }
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("url", &self.url).finish_non_exhaustive()
    }
}
