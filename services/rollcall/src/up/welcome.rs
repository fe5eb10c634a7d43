//! What `up` says when all is ready.

use std::fmt;

use serde::Serialize;

use crate::data_dir::{DemoCredentials, Running};

/// Where to look. Serialised, it is the line that `--json` prints.
#[derive(Serialize)]
pub(super) struct Welcome {
    scim_base_url: String,
    token_url: String,
    api_base_url: String,
    nats_url: String,
    database_url: String,
    #[serde(flatten)]
    demo: Option<DemoCredentials>,
}

impl Welcome {
    /// Without a demo tenant, the base URLs leave the tenant's slug to be filled in.
    pub(super) fn new(url: &str, running: &Running, demo: Option<DemoCredentials>) -> Self {
        let tenant = demo.as_ref().map_or("{tenant}", |demo| demo.tenant.as_str());
        Self {
            scim_base_url: format!("{url}/scim/v2/{tenant}"),
            token_url: format!("{url}/oauth/token"),
            api_base_url: format!("{url}/api/v1/{tenant}"),
            nats_url: running.nats_url.clone(),
            database_url: running.database_url.clone(),
            demo,
        }
    }
}

impl fmt::Display for Welcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Rollcall is up.\n")?;
        writeln!(f, "  SCIM base URL   {}", self.scim_base_url)?;
        writeln!(f, "  Token endpoint  {}", self.token_url)?;
        writeln!(f, "  Read API        {}", self.api_base_url)?;
        writeln!(f, "  Events          {}  (subjects prov.>)", self.nats_url)?;
        writeln!(f, "  Read models     {}", self.database_url)?;
        let Some(demo) = &self.demo else {
            writeln!(f, "\nMake a tenant:  rollcall tenant create acme")?;
            write!(
                f,
                "then:           rollcall integration activate --tenant acme --profile workplace"
            )?;
            return Ok(());
        };
        writeln!(f, "\nThe demo tenant is {}.", demo.tenant)?;
        writeln!(f, "  Secret token    {}", demo.secret_token)?;
        writeln!(f, "  OAuth client    {} / {}", demo.client_id, demo.client_secret)?;
        writeln!(f, "  API token       {}", demo.api_token)?;
        writeln!(f, "\nLook around:")?;
        writeln!(
            f,
            "  curl -H 'Authorization: Bearer {}' '{}/employees?limit=3'",
            demo.api_token, self.api_base_url
        )?;
        writeln!(
            f,
            "  curl -H 'Authorization: Bearer {}' '{}/leavers?upcoming=true'",
            demo.api_token, self.api_base_url
        )?;
        write!(f, "  rollcall status   rollcall events tail   rollcall simulate entra --people 500")
    }
}
