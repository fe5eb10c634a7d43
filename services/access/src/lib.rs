//! What the doors that command share: the writer and its roster, what is counted about callers, the
//! URLs that they are told, and what the writer says no to over HTTP.
#![warn(missing_docs)]

mod administrator_permissions;
mod command_error;
mod credential_uses;
mod credentials;
mod decide_many;
mod ignored_attributes;
mod in_order;
mod public_url;
mod request_origin;
mod totals;
mod write_access;

pub use administrator_permissions::{
    permissions_of, principal_of_administrator, roles_that_permit,
};
pub use command_error::{CommandError, outage_status, refusal_status, retry_later};
pub use credential_uses::{CredentialUses, credential_uses, note_credential_uses};
pub use credentials::{Shown, shown_by_client, shown_by_secret};
pub use decide_many::{DecideMany, DecideOne, DecideOutcome, DecideResult, Meant};
pub use ignored_attributes::{IgnoredAttribute, ignored_attributes, note_ignored_attributes};
pub use in_order::in_order;
pub use public_url::PublicUrl;
pub use request_origin::RequestOrigin;
pub use totals::Totals;
pub use write_access::{Settings, WriteAccess, is_active};
