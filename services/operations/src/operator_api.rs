//! What every route of `/operator/v1` works on.

use access::{PublicUrl, WriteAccess};
use events::Digest;

use crate::act_log::ActLog;

/// The operators' API over one writer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct OperatorApi {
    pub(crate) access: WriteAccess,
    pub(crate) url: PublicUrl,
    /// The digest of the operator token of the settings.
    pub(crate) token: Option<Digest>,
    /// Where the tokens of other operators are, and what each does.
    pub(crate) acts: ActLog,
}

impl OperatorApi {
    /// The API for the holder of the token with this digest, and for the operators that `acts` knows.
    /// What it tells of URLs is beneath `url`.
    pub fn new(access: WriteAccess, url: PublicUrl, token: Option<Digest>, acts: ActLog) -> Self {
        Self { access, url, token, acts }
    }
}
