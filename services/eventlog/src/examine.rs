//! What nats-server says of itself and of the streams, for whoever looks whether all is well.
//!
//! Everything is asked at once and nothing is judged here, but for the streams' settings: what is
//! wrong with those is this crate's knowledge.

use async_nats::jetstream::stream::Config;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::clock;
use crate::error::Cause;
use crate::journal::{Journal, journal_faults};
use crate::log::Log;
use crate::stream::log_faults;
use crate::subject_pattern::covers;

/// What nats-server says, at one moment.
#[derive(Clone, Debug)]
pub struct Examination {
    /// The server's version, such as `2.12.1`.
    pub version: String,
    /// Whether the connection is encrypted.
    pub encrypted: bool,
    /// The stream of the log.
    pub log: Result<StreamFacts, String>,
    /// The stream of the journal.
    pub journal: Result<StreamFacts, String>,
    /// What the account may store.
    pub account: Result<AccountFacts, String>,
    /// What this process may do.
    pub user: Result<UserFacts, String>,
}

/// A stream, as its leader tells.
#[derive(Clone, Debug)]
pub struct StreamFacts {
    /// What is wrong with its settings, in words.
    pub faults: Vec<&'static str>,
    /// How many messages it holds.
    pub messages: u64,
    /// How many bytes it takes.
    pub bytes: u64,
    /// How many bytes it may take, if that is bounded.
    pub max_bytes: Option<u64>,
    /// How many servers keep a copy.
    pub replicas: usize,
    /// Copies that are not current.
    pub behind: Vec<String>,
    /// By how much the server's clock is ahead of ours, give or take half of `within`.
    pub clock_ahead: Option<SignedDuration>,
    /// How long the answer took.
    pub within: SignedDuration,
}

/// What an account stores.
#[derive(Clone, Copy, Debug)]
pub struct AccountFacts {
    /// Bytes on disk.
    pub bytes: u64,
    /// Bytes that it may take, if that is bounded.
    pub max_bytes: Option<u64>,
}

/// Whom the server takes this process for.
#[derive(Clone, Debug)]
pub struct UserFacts {
    /// The user; empty where there are none.
    pub name: String,
    /// What the user may do to the log that nobody who is always on should.
    pub dangers: Vec<&'static str>,
    /// How long the credentials are good for, if they end.
    pub expires_in: Option<SignedDuration>,
}

impl Log {
    /// Asks the server about itself, the log's stream and the journal's, and this process's user.
    pub async fn examine(&self) -> Examination {
        let info = self.main.client.server_info();
        let name = self.name.as_str();
        let journal = Journal::of(self);
        let log = self.stream_facts(name, |config| log_faults(&self.name, config)).await;
        let subjects = journal.subjects();
        let faults = |config: &Config| journal_faults(config, &subjects);
        let of_journal = self.stream_facts(journal.stream_name().as_str(), faults).await;
        Examination {
            version: info.version,
            encrypted: info.tls_required,
            log: log.map_err(|error| error.to_string()),
            journal: of_journal.map_err(|error| error.to_string()),
            account: self.account_facts().await.map_err(|error| error.to_string()),
            user: self.user_facts().await.map_err(|error| error.to_string()),
        }
    }

    async fn stream_facts(
        &self,
        name: &str,
        faults: impl Fn(&Config) -> Vec<&'static str>,
    ) -> Result<StreamFacts, Cause> {
        let asked = clock::now();
        let info: StreamInfo = self.ask(&format!("$JS.API.STREAM.INFO.{name}")).await?;
        let answered = clock::now();
        let within = answered.duration_since(asked);
        let middle = asked + within / 2;
        let Cluster { replicas } = info.cluster.unwrap_or_default();
        let behind = replicas.into_iter().filter(|replica| !replica.current || replica.offline);
        Ok(StreamFacts {
            faults: faults(&info.config),
            messages: info.state.messages,
            bytes: info.state.bytes,
            max_bytes: u64::try_from(info.config.max_bytes).ok().filter(|most| *most > 0),
            replicas: info.config.num_replicas,
            behind: behind.map(|replica| replica.name).collect(),
            clock_ahead: info.ts.map(|theirs| theirs.duration_since(middle)),
            within,
        })
    }

    async fn account_facts(&self) -> Result<AccountFacts, Cause> {
        let Account { storage, limits } = self.ask("$JS.API.INFO").await?;
        let max_bytes = u64::try_from(limits.max_storage).ok().filter(|most| *most > 0);
        Ok(AccountFacts { bytes: storage, max_bytes })
    }

    async fn user_facts(&self) -> Result<UserFacts, Cause> {
        let User { user, permissions, expires } = self.ask("$SYS.REQ.USER.INFO").await?;
        let name = self.name.as_str();
        let acts = [
            ("PURGE", "purge the log"),
            ("DELETE", "delete the log"),
            ("UPDATE", "change the log's settings"),
            ("RESTORE", "put another log in its place"),
        ];
        let may = |act: &str| {
            let subject = format!("$JS.API.STREAM.{act}.{name}");
            permissions.as_ref().is_none_or(|permissions| permissions.publish.allows(&subject))
        };
        let dangers =
            acts.into_iter().filter(|(act, _)| may(act)).map(|(_, words)| words).collect();
        let expires_in = expires.filter(|left| *left > 0).map(SignedDuration::from_nanos);
        Ok(UserFacts { name: user, dangers, expires_in })
    }

    /// The answer to a question without words; what the server refuses is an error.
    async fn ask<T: DeserializeOwned>(&self, subject: &str) -> Result<T, Cause> {
        if !self.is_connected() {
            return Err("there is no connection to NATS".into());
        }
        let asking = self.main.client.request(subject.to_owned(), "".into());
        let answer = tokio::time::timeout(crate::connection::REQUEST_TIMEOUT, asking).await;
        let answer = answer.map_err(|_| "nats-server gave no answer in time")??;
        match serde_json::from_slice(&answer.payload)? {
            Answer::Refused { error } => Err(error.description.into()),
            Answer::Wrapped { data } | Answer::Plain(data) => Ok(data),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer<T> {
    Refused { error: Refusal },
    Wrapped { data: T },
    Plain(T),
}

#[derive(Deserialize)]
struct Refusal {
    description: String,
}

#[derive(Deserialize)]
struct StreamInfo {
    config: Config,
    state: State,
    cluster: Option<Cluster>,
    ts: Option<Timestamp>,
}

#[derive(Deserialize)]
struct State {
    messages: u64,
    bytes: u64,
}

#[derive(Default, Deserialize)]
struct Cluster {
    #[serde(default)]
    replicas: Vec<Replica>,
}

#[derive(Deserialize)]
struct Replica {
    name: String,
    #[serde(default)]
    current: bool,
    #[serde(default)]
    offline: bool,
}

#[derive(Deserialize)]
struct Account {
    #[serde(default)]
    storage: u64,
    limits: Limits,
}

#[derive(Deserialize)]
struct Limits {
    max_storage: i64,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    user: String,
    permissions: Option<Permissions>,
    expires: Option<i64>,
}

#[derive(Deserialize)]
struct Permissions {
    #[serde(default)]
    publish: Allowed,
}

#[derive(Default, Deserialize)]
struct Allowed {
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    deny: Vec<String>,
}

impl Allowed {
    /// Whether one may publish to this subject. Without a list of what is allowed, everything is.
    fn allows(&self, subject: &str) -> bool {
        let in_list = |list: &[String]| list.iter().any(|pattern| covers(pattern, subject));
        (self.allow.is_empty() || in_list(&self.allow)) && !in_list(&self.deny)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_refused_a_subject_may_use_it() {
        let list = |patterns: &[&str]| patterns.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>();
        let purge = "$JS.API.STREAM.PURGE.PROVISIONING";
        let allows = |allow: &[&str], deny: &[&str]| {
            Allowed { allow: list(allow), deny: list(deny) }.allows(purge)
        };
        assert!(allows(&[], &[]) && allows(&[">"], &[]) && allows(&["$JS.API.>"], &[]));
        assert!(allows(&["$JS.API.STREAM.*.PROVISIONING"], &[]));
        assert!(!allows(&["$JS.API.STREAM.INFO.PROVISIONING"], &[]));
        assert!(!allows(&["$JS.API.>"], &["$JS.API.STREAM.PURGE.*"]));
    }
}
