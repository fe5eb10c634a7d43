//! One check, as it is told.

use eventlog::sentence;
use schemars::JsonSchema;
use serde::Serialize;

/// Whether what was found is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is.
    Ok,
    /// It works, and somebody should look.
    Warn,
    /// Something is lost, or will be.
    Fail,
}

/// What was found about one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Check {
    /// What was looked at, such as `log.sync`.
    pub name: String,
    /// Whether it is as it should be.
    pub verdict: Verdict,
    /// What was found, in words.
    pub found: String,
    /// What to do; nothing, where all is well.
    pub remedy: Option<String>,
}

impl Check {
    pub(super) fn ok(name: &str, found: impl Into<String>) -> Self {
        Self { name: name.to_owned(), verdict: Verdict::Ok, found: found.into(), remedy: None }
    }

    pub(super) fn warn(name: &str, found: impl Into<String>, remedy: &str) -> Self {
        let remedy = Some(remedy.to_owned());
        Self { name: name.to_owned(), verdict: Verdict::Warn, found: found.into(), remedy }
    }

    pub(super) fn fail(name: &str, found: impl Into<String>, remedy: &str) -> Self {
        Self { verdict: Verdict::Fail, ..Self::warn(name, found, remedy) }
    }

    /// The check of something that could not be asked.
    pub(super) fn unreachable(name: &str, error: &(dyn std::error::Error + 'static)) -> Self {
        let found = format!("it could not be asked: {}", sentence(error));
        let remedy = "see that the server runs, and that this process reaches it (DATABASE_URL, NATS_URL); then ask again";
        Self::fail(name, found, remedy)
    }
}
