//! Credentials: the operators' token, those of tenants, and how clients reach the program.

use eventlog::sentence;
use jiff::{SignedDuration, Timestamp};
use projector::Database;

use super::check::Check;
use super::surroundings::Surroundings;

/// A credential that caused nothing for so long may be one that nobody knows of any more.
const UNUSED: SignedDuration = SignedDuration::from_hours(90 * 24);
/// A directory that changes nothing for so long has probably lost its credentials.
const SILENT: SignedDuration = SignedDuration::from_hours(7 * 24);

pub(super) async fn checks(
    database: &Database,
    around: &Surroundings,
    now: Timestamp,
) -> Vec<Check> {
    vec![
        token(around.token),
        public_url(around.public_url.as_deref()),
        unused(database, now).await,
        silent(database, now).await,
    ]
}

/// Weak ones are refused at the start, so that one that is there is strong.
fn token(there: bool) -> Check {
    let name = "operators.token";
    if there {
        return Check::ok(name, "the token of the settings holds at least 128 bits");
    }
    let remedy = "set ROLLCALL_OPERATOR_TOKEN (`openssl rand -hex 32`), or manage with the tokens of `rollcall operator add`";
    Check::warn(name, "there is no token of the settings: nobody can add operators", remedy)
}

fn public_url(url: Option<&str>) -> Check {
    let name = "public.tls";
    let Some(url) = url else {
        return Check::ok(name, "this role serves no tenants");
    };
    let host = url.split("://").nth(1).unwrap_or(url);
    let host = host.split('/').next().unwrap_or(host);
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let own = ["127.0.0.1", "[::1]", "localhost"].contains(&host);
    if url.starts_with("https://") {
        Check::ok(name, "clients are told an https:// URL")
    } else if own {
        Check::ok(name, "clients are told a URL of this machine itself")
    } else {
        let remedy = "serve TLS (--tls-cert, --tls-key) or put a proxy in front that does, and say so in --public-url";
        Check::fail(
            name,
            "clients are told an http:// URL: their secrets cross the network in the clear",
            remedy,
        )
    }
}

async fn unused(database: &Database, now: Timestamp) -> Check {
    let name = "credentials.unused";
    let counted =
        count(database, include_str!("../../sql/unused_credentials.sql"), now - UNUSED, 3);
    match counted.await.as_deref() {
        Ok([0, good, 0]) => {
            Check::ok(name, format!("{good} credentials are good, all of them in use"))
        }
        Ok([unused, good, crowded]) => Check::warn(
            name,
            format!(
                "{unused} of {good} credentials have changed nothing for 90 days, and {crowded} tenants have more than two secret tokens that are good"
            ),
            "`rollcall integration list` and `rollcall token list --tenant T` show them; revoke what nobody uses (one that only reads is not seen here)",
        ),
        Ok(_) => Check::warn(name, "they cannot be counted", "see read-models.there"),
        Err(why) => {
            Check::warn(name, format!("they cannot be counted: {why}"), "see read-models.there")
        }
    }
}

async fn silent(database: &Database, now: Timestamp) -> Check {
    let name = "directories.silent";
    let counted = count(database, include_str!("../../sql/silent_tenants.sql"), now - SILENT, 2);
    match counted.await.as_deref() {
        Ok([0, active]) => Check::ok(
            name,
            format!("{active} directories are connected, all of them changed something this week"),
        ),
        Ok([silent, active]) => Check::warn(
            name,
            format!("{silent} of {active} connected directories have changed nothing for a week"),
            "ask the tenant whether its provisioning is in quarantine, or its secret has expired; `rollcall integration list --tenant T` shows the secrets",
        ),
        Ok(_) => Check::warn(name, "they cannot be counted", "see read-models.there"),
        Err(why) => {
            Check::warn(name, format!("they cannot be counted: {why}"), "see read-models.there")
        }
    }
}

/// The columns of the one row that a question about a time has.
async fn count(
    database: &Database,
    question: &str,
    since: Timestamp,
    columns: usize,
) -> Result<Vec<i64>, String> {
    let client = database.pool().get().await.map_err(|error| sentence(&error))?;
    let row = client.query_one(question, &[&since]).await.map_err(|error| sentence(&error))?;
    (0..columns).map(|at| row.try_get(at).map_err(|error| sentence(&error))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn secrets_in_the_clear_fail_unless_they_stay_on_the_machine() {
        for (url, verdict) in [
            ("https://scim.acme.example", Verdict::Ok),
            ("http://127.0.0.1:8080", Verdict::Ok),
            ("http://localhost", Verdict::Ok),
            ("http://[::1]:8080/", Verdict::Ok),
            ("http://scim.acme.example:8080", Verdict::Fail),
        ] {
            assert_eq!(public_url(Some(url)).verdict, verdict, "{url}");
        }
        assert_eq!(token(false).verdict, Verdict::Warn);
    }
}
