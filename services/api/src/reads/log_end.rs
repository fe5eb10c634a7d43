//! Where the log ends, for who must not be told of a token that it is unknown before the read model has
//! seen the whole log.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use events::Seq;

use super::revocations::Cause;

type Answer = Pin<Box<dyn Future<Output = Result<Seq, Cause>> + Send>>;
type Ask = dyn Fn() -> Answer + Send + Sync;

/// Asks where the log ends.
#[derive(Clone)]
pub struct LogEnd(Arc<Ask>);

impl LogEnd {
    /// `ask` must know each event that was acknowledged before it is called.
    pub fn new<F, E>(ask: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Seq, E>> + Send + 'static,
        E: Error + Send + Sync + 'static,
    {
        Self(Arc::new(move || {
            let asked = ask();
            Box::pin(async move { asked.await.map_err(Cause::from) })
        }))
    }

    pub(crate) async fn now(&self) -> Result<Seq, Cause> {
        (self.0)().await
    }
}

impl fmt::Debug for LogEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogEnd")
    }
}
