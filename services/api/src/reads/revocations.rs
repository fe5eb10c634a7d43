//! Who knows sooner than the read models that a token was revoked.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use events::{CredentialId, Tenant};

/// Why nobody could say whether a token was revoked.
pub type Cause = Box<dyn Error + Send + Sync>;

type Answer = Pin<Box<dyn Future<Output = Result<bool, Cause>> + Send>>;
type Ask = dyn Fn(Tenant, CredentialId) -> Answer + Send + Sync;

/// Asks whether a credential was revoked. The read models learn of it from the log, and may be
/// behind: by milliseconds, or by as long as a projection is away.
#[derive(Clone)]
pub struct Revocations(Arc<Ask>);

impl Revocations {
    /// `ask` must know each revocation that was acknowledged before it is called.
    pub fn new<F>(ask: impl Fn(Tenant, CredentialId) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<bool, Cause>> + Send + 'static,
    {
        Self(Arc::new(move |tenant, credential| Box::pin(ask(tenant, credential))))
    }

    pub(crate) async fn hold(&self, tenant: &Tenant, id: CredentialId) -> Result<bool, Cause> {
        (self.0)(tenant.clone(), id).await
    }
}

impl fmt::Debug for Revocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Revocations")
    }
}
