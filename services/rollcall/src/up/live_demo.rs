//! What of the demo tenant's credentials still opens something: any may have been revoked since the first start.

use std::fmt;

use serde::Serialize;

use crate::data_dir::DemoCredentials;

/// The credentials of the demo tenant that are live. Serialised, it is a part of the line that `--json` prints.
#[derive(Serialize)]
pub(super) struct LiveDemo {
    pub(super) tenant: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_token: Option<String>,
    #[serde(flatten)]
    client: Option<Client>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) api_token: Option<String>,
}

#[derive(Serialize)]
struct Client {
    client_id: String,
    client_secret: String,
}

impl LiveDemo {
    pub(super) fn of(demo: DemoCredentials, opens: impl Fn(&str) -> bool) -> Self {
        let DemoCredentials { tenant, secret_token, client_id, client_secret, api_token } = demo;
        let opens = |secret: &String| opens(secret);
        Self {
            tenant,
            secret_token: Some(secret_token).filter(opens),
            client: opens(&client_secret).then_some(Client { client_id, client_secret }),
            api_token: Some(api_token).filter(opens),
        }
    }

    /// Each of them, or how to get another.
    pub(super) fn fmt(&self, f: &mut fmt::Formatter<'_>, data_dir_option: &str) -> fmt::Result {
        let another = |verb: &str| {
            let tenant = &self.tenant;
            format!(
                "revoked or expired; another: rollcall {verb} --tenant {tenant}{data_dir_option}"
            )
        };
        let secret_token = self.secret_token.clone();
        let client =
            self.client.as_ref().map(|it| format!("{} / {}", it.client_id, it.client_secret));
        let api_token = self.api_token.clone();
        for (name, secret, verb) in [
            ("Secret token", secret_token, "integration rotate-secret"),
            ("OAuth client", client, "integration issue-client"),
            ("API token   ", api_token, "token issue --scope employees:read"),
        ] {
            writeln!(f, "  {name}    {}", secret.unwrap_or_else(|| another(verb)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Shown(LiveDemo);

    impl fmt::Display for Shown {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.fmt(f, " --data-dir 'x'")
        }
    }

    fn demo() -> DemoCredentials {
        let [tenant, secret_token, client_id, client_secret, api_token] =
            ["demo", "token", "client", "secret", "api"].map(str::to_owned);
        DemoCredentials { tenant, secret_token, client_id, client_secret, api_token }
    }

    #[test]
    fn what_opens_nothing_any_more_is_not_shown_and_another_is_got_by_the_verb_beside_it() {
        let all = Shown(LiveDemo::of(demo(), |_| true)).to_string();
        assert!(
            all.contains("token\n") && all.contains("client / secret") && !all.contains("revoked")
        );
        for (revoked, verb) in [
            ("token", "rollcall integration rotate-secret --tenant demo --data-dir 'x'"),
            ("secret", "rollcall integration issue-client --tenant demo"),
            ("api", "rollcall token issue --scope employees:read --tenant demo"),
        ] {
            let left = LiveDemo::of(demo(), |secret| secret != revoked);
            let line = serde_json::to_string(&left).expect("JSON");
            assert!(!line.contains(&format!("\"{revoked}\"")), "{line}");
            let shown = Shown(left).to_string();
            assert!(shown.contains("revoked or expired") && shown.contains(verb), "{shown}");
        }
    }
}
