//! What was recorded of a tenant's requests: in pages, the newest first, and what it comes to.

mod page;
mod person;
mod watch;

pub(crate) use page::{Page, Wanted, later, newest, of_request};
pub(crate) use person::names_of;
pub(crate) use watch::Observed;
pub use watch::RequestWatch;

/// The shared key under which gateways seal what requests said.
pub(crate) const KEY: &str = "requests";
