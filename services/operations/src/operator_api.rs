//! What every route of `/operator/v1` works on.

use access::{CommandError, CredentialUses, PublicUrl, WriteAccess};
use cipher::Cipher;
use delivery::webhooks::Reach;
use eventlog::Placement;
use events::{Digest, Tenant};
use writer::Outage;

use crate::act_log::ActLog;
use crate::recorded::RequestWatch;

/// The operators' API over one writer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct OperatorApi {
    pub(crate) access: WriteAccess,
    pub(crate) url: PublicUrl,
    /// Where browsers reach the portal.
    pub(crate) portal: PublicUrl,
    /// The digest of the operator token of the settings.
    pub(crate) token: Option<Digest>,
    /// Where the tokens of other operators are, and what each does.
    pub(crate) acts: ActLog,
    /// Encrypts secrets of subscribers that have to be spoken again.
    pub(crate) cipher: Cipher,
    /// Which tenants are for this stream.
    pub(crate) placement: Placement,
    /// Where webhooks may be sent.
    pub(crate) reach: Reach,
    /// What is known of requests to SCIM.
    pub(crate) requests: Option<RequestWatch>,
}

impl OperatorApi {
    /// The API for the holder of the token with this digest, and for the operators that `acts` knows.
    /// What it tells of URLs is beneath `url`; `cipher` has the key of subscribers' secrets.
    pub fn new(
        access: WriteAccess,
        url: PublicUrl,
        token: Option<Digest>,
        acts: ActLog,
        cipher: Cipher,
    ) -> Self {
        let (portal, placement) = (url.clone(), Placement::default());
        let reach = Reach::Public;
        Self { access, url, portal, token, acts, cipher, placement, reach, requests: None }
    }

    /// The same, where browsers reach the portal at another URL.
    #[must_use]
    pub fn with_portal(self, portal: PublicUrl) -> Self {
        Self { portal, ..self }
    }

    /// The same, where webhooks may be sent so far.
    #[must_use]
    pub fn with_reach(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    /// The same, for the tenants of one stream.
    #[must_use]
    pub fn with_placement(self, placement: Placement) -> Self {
        Self { placement, ..self }
    }

    /// When the tenant's credentials for SCIM were used last, as gateways have noted it.
    pub(crate) async fn credential_uses(
        &self,
        tenant: &Tenant,
    ) -> Result<CredentialUses, CommandError> {
        let Some(requests) = &self.requests else { return Ok(CredentialUses::new()) };
        access::credential_uses(requests.log(), tenant).await.map_err(|error| {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "cannot tell when credentials were used last");
            Outage::LogAway.into()
        })
    }

    /// The same, knowing what is recorded of requests to SCIM.
    #[must_use]
    pub fn with_requests(self, requests: RequestWatch) -> Self {
        Self { requests: Some(requests), ..self }
    }
}
