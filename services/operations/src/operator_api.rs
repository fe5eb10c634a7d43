//! What every route of `/operator/v1` works on.

use access::{PublicUrl, WriteAccess};
use cipher::Cipher;
use eventlog::Placement;
use events::Digest;

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
        Self { access, url, portal, token, acts, cipher, placement, requests: None }
    }

    /// The same, where browsers reach the portal at another URL.
    #[must_use]
    pub fn with_portal(self, portal: PublicUrl) -> Self {
        Self { portal, ..self }
    }

    /// The same, for the tenants of one stream.
    #[must_use]
    pub fn with_placement(self, placement: Placement) -> Self {
        Self { placement, ..self }
    }

    /// The same, knowing what is recorded of requests to SCIM.
    #[must_use]
    pub fn with_requests(self, requests: RequestWatch) -> Self {
        Self { requests: Some(requests), ..self }
    }
}
