//! The portal: pages for a tenant's administrators.
//!
//! Pages are made on the server, of components that are functions (`parts`). What they show and do goes
//! through the JSON API and the operators' API of the same process ([`Apis`]), in the name of the
//! administrator who is signed in.
#![warn(missing_docs)]
#![expect(
    clippy::needless_pass_by_value,
    reason = "a component takes the markup that it stands around"
)]

mod api_words;
mod apis;
mod assets;
mod fields;
mod guard;
mod headers;
mod live;
mod names;
mod oidc;
mod pages;
mod parts;
mod portal;
mod query;
mod redirect;
mod refused;
mod route;
mod routes;
mod session;
mod signed;

pub use apis::Apis;
pub use oidc::{BadOidcSettings, OidcSettings};
pub use portal::{OpenError, Portal, Settings};
pub use routes::{Callers, ListedRoute, listed, routes};
pub use session::SessionsError;
