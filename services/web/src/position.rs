//! The headers `Rollcall-Position` and `Rollcall-After`: how far in the log an answer is, and how far
//! it has to be.
//!
//! All tenants share one log, so that its plain position would show a tenant how much others do.
//! What leaves the house is encrypted for the tenant, here and nowhere else: services say [`Seen`].

mod audience;

use std::fmt;
use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;
use cipher::{Cipher, Context};
use events::{Seq, Tenant};

pub(crate) use audience::Audience;

/// What an answer to a tenant carries: of a read, all that it has seen; of anything else, a position
/// after which a read sees what was done, or why it was not.
const HEADER: HeaderName = HeaderName::from_static("rollcall-position");

/// A position, as an extension of a response whose service knows better than its process how far
/// the answer is.
#[derive(Clone, Copy, Debug)]
pub struct Seen(pub Seq);

/// Encrypts positions for tenants. All processes have the same key.
#[derive(Clone, Debug)]
pub struct PositionCipher(Arc<Cipher>);

/// The text is no position that was ever told to this tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no position of this tenant; send the Rollcall-Position of an answer as it is")]
pub struct NoPosition;

impl PositionCipher {
    /// The name of its key among those that are kept beside the log.
    pub const KEY: &str = "positions";

    /// A cipher with the key that all processes share.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Arc::new(Cipher::new(key)))
    }

    /// A position as `tenant` may see it.
    pub fn encrypt(&self, tenant: &Tenant, position: Seq) -> String {
        self.0.encrypt(context(tenant), &position.0.to_be_bytes())
    }

    /// What names a place in a list, as `tenant` may keep it: a part of it may be a position.
    pub fn encrypt_cursor(&self, tenant: &Tenant, cursor: &str) -> String {
        self.0.encrypt(Context { purpose: "page cursor", ..context(tenant) }, cursor.as_bytes())
    }

    /// What names a place in a list, if `tenant` was told it as this text.
    pub fn decrypt_cursor(&self, tenant: &Tenant, text: &str) -> Option<String> {
        let context = Context { purpose: "page cursor", ..context(tenant) };
        String::from_utf8(self.0.decrypt(context, text).ok()?).ok()
    }

    /// The position that `tenant` was told as this text.
    pub fn decrypt(&self, tenant: &Tenant, text: &str) -> Result<Seq, NoPosition> {
        let bytes = self.0.decrypt(context(tenant), text).map_err(|_| NoPosition)?;
        Ok(Seq(u64::from_be_bytes(bytes.try_into().map_err(|_| NoPosition)?)))
    }
}

fn context(tenant: &Tenant) -> Context<'_> {
    Context { tenant: tenant.as_str(), purpose: "position" }
}

type Ask = dyn Fn() -> Option<(Seq, PositionCipher)> + Send + Sync;

/// Tells how far in the log a process is, from memory.
#[derive(Clone)]
pub struct Position(Arc<Ask>);

impl Position {
    /// The position that `ask` tells, which must answer from memory; tenants see it through `cipher`.
    pub fn new(cipher: PositionCipher, ask: impl Fn() -> Seq + Send + Sync + 'static) -> Self {
        Self(Arc::new(move || Some((ask(), cipher.clone()))))
    }

    /// That of a process which still has to find out where it asks.
    pub fn later(find: impl Fn() -> Option<Self> + Send + Sync + 'static) -> Self {
        Self(Arc::new(move || find()?.now()))
    }

    /// The position at this moment, and what shows it to tenants.
    fn now(&self) -> Option<(Seq, PositionCipher)> {
        (self.0)()
    }

    /// To be asked before a request is answered.
    pub(crate) fn before(&self, method: &Method) -> Before {
        // The process may see more while it reads, which an answer need not have seen.
        Before(self.now().filter(|_| method.is_safe()).map(|(seen, _)| seen))
    }
}

impl Default for Position {
    /// That of a process which knows nothing of the log, and says nothing of it.
    fn default() -> Self {
        Self::later(|| None)
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Position")
    }
}

/// The position of a read, which is the one before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before(Option<Seq>);

impl Before {
    /// Tells the position in an answer: the service's, if it knows better than the process.
    pub(crate) fn tell(self, position: &Position, audience: &Audience, response: &mut Response) {
        let Some((now, cipher)) = position.now() else { return };
        let known = response.extensions_mut().remove::<Seen>().map(|Seen(known)| known);
        let seen = known.or(self.0).unwrap_or(now);
        let told = match audience {
            Audience::Tenant(tenant) => HeaderValue::try_from(cipher.encrypt(tenant, seen)).ok(),
            // Whoever was let in may see all tenants.
            Audience::Operator if response.status().is_success() => Some(seen.0.into()),
            Audience::Operator | Audience::Anybody => None,
        };
        if let Some(told) = told {
            response.headers_mut().insert(HEADER, told);
        }
    }
}

#[cfg(test)]
mod tests;
