//! Sessions: who is signed in, in which browser, in the name of whom at which tenant.

mod browser;
mod cookie;
mod notice;
mod store;
#[cfg(test)]
mod tests;

use events::{AdministratorId, Digest, Seq, Tenant};
use jiff::{SignedDuration, Timestamp};
use roster::Roster;
use uuid::Uuid;

pub(crate) use browser::in_words as browser_in_words;
pub(crate) use cookie::{cookie, ended_cookie, secret_in};
pub(crate) use notice::{Notice, named_in as notice_in};
pub use store::SessionsError;
pub(crate) use store::{Before, ListedSession, Sessions};

/// A session that nobody has used for so long has ended.
pub(crate) const IDLE: SignedDuration = SignedDuration::from_hours(8);
/// So long after sign-in it ends, whoever uses it.
pub(crate) const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// For so long, pages have to have seen what was done last.
const FRESH: SignedDuration = SignedDuration::from_secs(10);

/// The session of a request.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// Its id, which opens nothing.
    pub(crate) id: Uuid,
    /// What its forms have to bring.
    pub(crate) csrf: String,
    /// Who it is in the name of: one administrator of each tenant.
    pub(crate) administrators: Vec<(Tenant, AdministratorId)>,
    /// What the page that is asked for says of what was done before it, by its id.
    pub(crate) notice: Option<(Uuid, Notice)>,
    /// What a page has to have seen.
    after: Seq,
    after_at: Option<Timestamp>,
}

impl Session {
    /// Who is signed in at this tenant.
    pub(crate) fn administrator(&self, tenant: &Tenant) -> Option<AdministratorId> {
        let mut all = self.administrators.iter();
        all.find(|(own, _)| own == tenant).map(|(_, administrator)| *administrator)
    }

    /// The addresses of those in whose name it is, each once.
    pub(crate) fn addresses(&self, roster: &Roster) -> Vec<String> {
        let all = self.administrators.iter().filter_map(|(_, id)| roster.administrator(id));
        let mut addresses: Vec<_> = all.map(|(_, one)| one.email.as_str().to_owned()).collect();
        addresses.sort();
        addresses.dedup();
        addresses
    }

    /// The position that a page has to have seen, if something was done a moment ago.
    pub(crate) fn after(&self, now: Timestamp) -> Option<Seq> {
        let at = self.after_at?;
        (now.duration_since(at) < FRESH).then_some(self.after)
    }
}

/// What forms of the session with this secret have to bring: it says nothing about the secret.
fn csrf(secret: &str) -> String {
    Digest::of(format!("csrf {secret}").as_bytes()).to_string()
}
