//! `rollcall simulate`: a faithful identity provider, for a demo, a test or a load.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use simulator::{ApiTarget, Auth, Dialect, Mapping, Options, Secret, Source, Target};

use super::cli_target::GatewayTarget;
use super::gateway::escaped;
use super::progress;
use crate::data_dir::DemoCredentials;
use crate::exit::ExitStatus;
use crate::option_precedence::{Precedence, Resolved, Sources};
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum SimulateVerb {
    /// Play Microsoft Entra: provision a tenant, live on, read everything back and compare
    Entra(Box<Resolved<Entra>>),
}

#[derive(Debug, Args)]
pub(crate) struct Entra {
    /// People in the generated directory
    #[arg(long, default_value_t = 500)]
    people: usize,
    /// Groups in the generated directory
    #[arg(long, default_value_t = 25)]
    groups: usize,
    /// What the directory and its life are drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A directory of your own, .json or .csv, instead of a generated one
    #[arg(long)]
    directory: Option<PathBuf>,
    /// Which attributes are provisioned
    #[arg(long, value_enum, default_value_t = MappingName::Workplace)]
    mapping: MappingName,
    /// How a PATCH is written: Entra's own way, or with the flag aadOptscim062020
    #[arg(long, value_enum, default_value_t = DialectName::Default)]
    dialect: DialectName,
    /// How the simulator proves who it is
    #[arg(long, value_enum, default_value_t = AuthName::SecretToken)]
    auth: AuthName,
    /// Incremental cycles after the initial one; life goes on for ten days before each
    #[arg(long, default_value_t = 6)]
    cycles: u32,
    /// How many PATCH requests are in flight on one group, and people provisioned at the same time
    #[arg(long, default_value_t = 5)]
    in_flight: usize,
    /// The share of requests, 0 to 1, whose answers are lost, so that they are said again
    #[arg(long, default_value_t = 0.02)]
    lost_answers: f64,
    /// An existing tenant, whose secret token is replaced; without one a fresh tenant is made
    #[arg(long)]
    tenant: Option<String>,
    /// A gateway that is told by its URLs and secrets, instead of one made on the running `up`
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    gateway: GatewayTarget,
}

impl Precedence for Entra {
    fn apply_precedence(&mut self, sources: &Sources<'_>) -> Result<(), clap::Error> {
        for made in ["tenant", "url", "data_dir"] {
            sources.exclusive("scim_base_url", made)?;
            if sources.is_explicit(made) {
                self.target.scim_base_url = None;
            }
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
struct TargetArgs {
    #[arg(long, env = "SCIM_BASE_URL")]
    scim_base_url: Option<String>,
    #[arg(long, env = "SCIM_SECRET_TOKEN", hide_env_values = true)]
    secret_token: Option<String>,
    #[arg(long, env = "SCIM_TOKEN_URL")]
    token_url: Option<String>,
    #[arg(long, env = "SCIM_CLIENT_ID")]
    client_id: Option<String>,
    #[arg(long, env = "SCIM_CLIENT_SECRET", hide_env_values = true)]
    client_secret: Option<String>,
    /// The read API; without it and its token only SCIM is compared
    #[arg(long, env = "ROLLCALL_API_BASE_URL")]
    api_base_url: Option<String>,
    #[arg(long, env = "ROLLCALL_API_TOKEN", hide_env_values = true)]
    api_token: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MappingName {
    Workplace,
    Benefits,
}

impl MappingName {
    fn profile(self) -> &'static str {
        match self {
            Self::Workplace => "workplace",
            Self::Benefits => "benefits",
        }
    }

    fn mapping(self) -> Mapping {
        match self {
            Self::Workplace => Mapping::Workplace,
            Self::Benefits => Mapping::Benefits,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum DialectName {
    Default,
    Flagged,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum AuthName {
    SecretToken,
    ClientCredentials,
}

pub(crate) async fn run(verb: SimulateVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        SimulateVerb::Entra(entra) => simulate(entra.into_inner()).await,
    }
}

async fn simulate(entra: Entra) -> anyhow::Result<ExitStatus> {
    let target = match &entra.target.scim_base_url {
        Some(url) => entra.target.told(url, entra.auth)?,
        None => made(&entra).await?,
    };
    let directory = match &entra.directory {
        Some(path) => Source::File(path.clone()),
        None => {
            let (people, groups, seed) = (entra.people, entra.groups, entra.seed);
            Source::Generated { people, groups, seed }
        }
    };
    let trust = Some(Arc::new(entra.gateway.trust.at(&target.scim_base_url)?));
    let options = Options {
        directory,
        trust,
        mapping: entra.mapping.mapping(),
        dialect: match entra.dialect {
            DialectName::Default => Dialect::Default,
            DialectName::Flagged => Dialect::Flagged,
        },
        cycles: entra.cycles,
        seed: entra.seed,
        in_flight: entra.in_flight,
        lost_answers: entra.lost_answers,
        ..Options::new(target)
    };
    let outcome = progress::simulated(options, "steps").await?;
    if entra.gateway.json {
        output::json_of("simulation", &outcome);
    } else {
        output::line(outcome.table());
    }
    Ok(if outcome.is_clean() { ExitStatus::Success } else { ExitStatus::Differs })
}

/// A tenant of the running `up` with fresh credentials.
async fn made(entra: &Entra) -> anyhow::Result<Target> {
    let operator = entra.gateway.operator()?;
    let tenant = match &entra.tenant {
        Some(tenant) => {
            output::note(format_args!(
                "the secret token of {tenant} is replaced: its directory is to be given the new one, by \
                 `rollcall integration rotate-secret`"
            ));
            tenant.clone()
        }
        None => {
            let id = eventlog::ids::uuid_v7().simple().to_string();
            let tenant = format!("sim-{}", &id[20..]);
            operator.create_tenant(&tenant, None).await?;
            tenant
        }
    };
    output::note(format_args!("simulating against tenant {tenant}"));
    let opened = operator.open(&tenant, entra.mapping.profile()).await?;
    target(operator.url(), opened, entra.auth)
}

fn target(url: &str, opened: DemoCredentials, auth: AuthName) -> anyhow::Result<Target> {
    let tenant = escaped(&[&opened.tenant])?;
    Ok(Target {
        scim_base_url: format!("{url}/scim/v2/{tenant}"),
        auth: match auth {
            AuthName::SecretToken => Auth::SecretToken(Secret::from(opened.secret_token)),
            AuthName::ClientCredentials => Auth::ClientCredentials {
                token_url: format!("{url}/oauth/token"),
                client_id: opened.client_id,
                client_secret: Secret::from(opened.client_secret),
            },
        },
        api: Some(ApiTarget {
            base_url: format!("{url}/api/v1/{tenant}"),
            token: Secret::from(opened.api_token),
        }),
    })
}

impl TargetArgs {
    /// A gateway that the command line tells all about.
    fn told(&self, scim_base_url: &str, auth: AuthName) -> anyhow::Result<Target> {
        let secret = |text: &Option<String>, name: &str| {
            text.clone()
                .map(Secret::from)
                .with_context(|| format!("--scim-base-url needs --{name}"))
        };
        let text = |text: &Option<String>, name: &str| {
            text.clone().with_context(|| format!("--scim-base-url needs --{name}"))
        };
        let auth = match auth {
            AuthName::SecretToken => Auth::SecretToken(secret(&self.secret_token, "secret-token")?),
            AuthName::ClientCredentials => Auth::ClientCredentials {
                token_url: text(&self.token_url, "token-url")?,
                client_id: text(&self.client_id, "client-id")?,
                client_secret: secret(&self.client_secret, "client-secret")?,
            },
        };
        let api = match (&self.api_base_url, &self.api_token) {
            (Some(url), Some(token)) => {
                Some(ApiTarget { base_url: url.clone(), token: Secret::from(token.clone()) })
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                anyhow::bail!("--api-base-url and --api-token go together")
            }
        };
        Ok(Target { scim_base_url: scim_base_url.to_owned(), auth, api })
    }
}
