//! What every route of the operators' API works on.

use access::{PublicUrl, WriteAccess};
use events::Digest;

/// The operators' API over one writer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct OperatorApi {
    pub(crate) access: WriteAccess,
    pub(crate) url: PublicUrl,
    /// The digest of the operator token.
    pub(crate) token: Option<Digest>,
}

impl OperatorApi {
    /// The API for the holder of the token with this digest; without one, it lets nobody in. What
    /// it tells of URLs is beneath `url`.
    pub fn new(access: WriteAccess, url: PublicUrl, token: Option<Digest>) -> Self {
        Self { access, url, token }
    }
}
