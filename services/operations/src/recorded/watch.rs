//! What the recorded requests of each tenant come to: folded from the first question on, and kept up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use eventlog::{Log, ReadError, RequestLog, RequestMessage};
use events::Tenant;
use futures_util::StreamExt as _;
use requests::{Observations, RequestRecord};
use tokio::sync::{Mutex as AsyncMutex, watch};
use tokio::time::timeout;

/// How long a question waits until all is read that was recorded before it.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the recorded requests of each tenant come to. Cheap to clone. Nothing is read before the first
/// question.
#[derive(Clone, Debug)]
pub struct RequestWatch(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    log: Log,
    folding: AsyncMutex<Option<Folding>>,
}

/// A fold that goes on.
#[derive(Clone, Debug)]
struct Folding {
    log: RequestLog,
    tenants: Arc<Mutex<HashMap<Tenant, Observations>>>,
    /// The last record that is in it; closed when it ended.
    through: watch::Receiver<u64>,
}

/// What is known of a tenant's requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observed {
    /// Whether any requests are recorded, of whatever tenant.
    pub(crate) recording: bool,
    /// Whether all that was recorded before the question is in it.
    pub(crate) complete: bool,
    pub(crate) observations: Observations,
}

impl RequestWatch {
    /// What is recorded beside `log`.
    pub fn new(log: Log) -> Self {
        Self(Arc::new(Parts { log, folding: AsyncMutex::default() }))
    }

    /// The log beside which it is.
    pub(crate) fn log(&self) -> &Log {
        &self.0.log
    }

    /// What a tenant's requests come to.
    pub(crate) async fn observed(&self, tenant: &Tenant) -> Result<Observed, ReadError> {
        let Some(mut folding) = self.folding().await? else { return Ok(Observed::default()) };
        let (_, last) = folding.log.extent().await?;
        let reached = folding.through.wait_for(|through| *through >= last);
        let complete = timeout(PATIENCE, reached).await.is_ok_and(|reached| reached.is_ok());
        let tenants = folding.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let observations = tenants.get(tenant).cloned().unwrap_or_default();
        Ok(Observed { recording: true, complete, observations })
    }

    /// The fold, which is begun if there is none, or if it ended; none before anything was recorded.
    async fn folding(&self) -> Result<Option<Folding>, ReadError> {
        let mut known = self.0.folding.lock().await;
        let goes_on = |folding: &&Folding| folding.through.has_changed().is_ok();
        if let Some(folding) = known.as_ref().filter(goes_on) {
            return Ok(Some(folding.clone()));
        }
        let Some(log) = RequestLog::find(&self.0.log).await? else { return Ok(None) };
        let (first, _) = log.extent().await?;
        let (told, through) = watch::channel(first.saturating_sub(1));
        let folding = Folding { log, tenants: Arc::default(), through };
        tokio::spawn(fold(folding.log.clone(), Arc::clone(&folding.tenants), told));
        *known = Some(folding.clone());
        Ok(Some(folding))
    }
}

/// Folds until the stream ends, as it does if it is made anew, or nobody asks any more.
async fn fold(
    log: RequestLog,
    tenants: Arc<Mutex<HashMap<Tenant, Observations>>>,
    told: watch::Sender<u64>,
) {
    let from = *told.borrow();
    let mut records = std::pin::pin!(log.follow(from));
    loop {
        let next = tokio::select! {
            () = told.closed() => return,
            next = records.next() => next,
        };
        let Some(Ok(message)) = next else { return };
        if let Some((tenant, record)) = read(&message) {
            let mut tenants = tenants.lock().unwrap_or_else(PoisonError::into_inner);
            tenants.entry(tenant).or_default().observe(&record);
        }
        told.send_replace(message.seq);
    }
}

fn read(message: &RequestMessage) -> Option<(Tenant, RequestRecord)> {
    let tenant = message.subject.split('.').nth(1)?.parse().ok()?;
    Some((tenant, serde_json::from_slice(&message.body).ok()?))
}
