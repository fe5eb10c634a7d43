//! What `up` says when all is ready.

use std::fmt;
use std::path::Path;

use eventlog::without_password;
use serde::Serialize;

use super::live_demo::LiveDemo;
use crate::data_dir::{self, Running};

/// Where to look. Serialised, it is the line that `--json` prints.
#[derive(Serialize)]
pub(super) struct Welcome {
    portal_url: String,
    scim_base_url: String,
    token_url: String,
    api_base_url: String,
    nats_url: String,
    database_url: String,
    #[serde(flatten)]
    demo: Option<LiveDemo>,
    /// By which the first administrator of the demo tenant signs in to the portal, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    portal_link: Option<String>,
    /// What the verbs need to be told to find this `up`.
    #[serde(skip)]
    data_dir_option: String,
}

impl Welcome {
    /// Without a demo tenant, the base URLs leave the tenant's slug to be filled in.
    pub(super) fn new(
        url: &str,
        running: &Running,
        demo: Option<(LiveDemo, String)>,
        directory: &Path,
    ) -> Self {
        let data_dir_option = match directory.to_str() {
            Some(data_dir::DEFAULT) | None => String::new(),
            Some(elsewhere) => format!(" --data-dir '{elsewhere}'"),
        };
        let (demo, portal_link) = demo.unzip();
        let tenant = demo.as_ref().map_or("{tenant}", |demo| demo.tenant.as_str());
        Self {
            portal_url: format!("{url}/"),
            scim_base_url: format!("{url}/scim/v2/{tenant}"),
            token_url: format!("{url}/oauth/token"),
            api_base_url: format!("{url}/api/v1/{tenant}"),
            nats_url: without_password(&running.nats_url),
            database_url: running.database_url.clone(),
            demo,
            portal_link,
            data_dir_option,
        }
    }
}

impl fmt::Display for Welcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Rollcall is up.\n")?;
        writeln!(f, "  Portal          {}", self.portal_url)?;
        writeln!(f, "  SCIM base URL   {}", self.scim_base_url)?;
        writeln!(f, "  Token endpoint  {}", self.token_url)?;
        writeln!(f, "  Read API        {}", self.api_base_url)?;
        writeln!(f, "  Events          {}  (rollcall subscriber add --door nats)", self.nats_url)?;
        writeln!(f, "  Read models     {}", self.database_url)?;
        let data_dir_option = &self.data_dir_option;
        let Some(demo) = &self.demo else {
            writeln!(f, "\nMake a tenant:  rollcall tenant create acme{data_dir_option}")?;
            writeln!(
                f,
                "then:           rollcall admin invite you@example.com --tenant acme --role owner{data_dir_option}"
            )?;
            write!(f, "and sign in to the portal with the link that it shows.")?;
            return Ok(());
        };
        writeln!(f, "\nThe demo tenant is {}.", demo.tenant)?;
        demo.fmt(f, data_dir_option)?;
        if let Some(link) = &self.portal_link {
            writeln!(f, "\nSign in to the portal, once, with this link:\n  {link}")?;
            writeln!(
                f,
                "Another one:  rollcall admin link owner@demo.example --tenant demo{data_dir_option}"
            )?;
        }
        writeln!(f, "\nLook around:")?;
        let api_token = demo.api_token.as_deref().unwrap_or("TOKEN");
        writeln!(
            f,
            "  curl -H 'Authorization: Bearer {}' '{}/employees?limit=3'",
            api_token, self.api_base_url
        )?;
        writeln!(
            f,
            "  curl -H 'Authorization: Bearer {}' '{}/leavers?upcoming=true'",
            api_token, self.api_base_url
        )?;
        writeln!(f, "  rollcall status{data_dir_option}")?;
        writeln!(f, "  rollcall events tail{data_dir_option}")?;
        write!(f, "  rollcall simulate entra --people 500{data_dir_option}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_that_are_shown_find_the_up_that_shows_them() {
        let running = Running {
            url: "http://127.0.0.1:1".to_owned(),
            operator_token: String::new(),
            nats_url: "nats://127.0.0.1:2".to_owned(),
            database_url: "postgres:///x".to_owned(),
        };
        let shown =
            |dir: &str| Welcome::new("http://x", &running, None, Path::new(dir)).to_string();
        assert!(shown("/var/x").contains("rollcall tenant create acme --data-dir '/var/x'"));
        assert!(!shown(".rollcall").contains("--data-dir"));
        assert!(!shown("/var/x").contains("prov.>"), "nobody shall subscribe to that");
    }
}
