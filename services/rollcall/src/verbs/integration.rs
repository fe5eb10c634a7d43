//! `rollcall integration`: what an administrator copies into Entra.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::cli_target::GatewayTarget;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum IntegrationVerb {
    /// Activate a tenant's SCIM integration; shows base URL and, for Workplace, the secret token
    Activate(Activate),
    /// Tell how far the connection has come, and what is wrong with the mapping. Exit code 3 if anything is
    Check(TenantTarget),
    /// Deactivate it: the gateway then answers 403
    Deactivate(TenantTarget),
    /// Issue another secret token; the newest earlier one lives on until the next rotation
    RotateSecret(Rotate),
    /// Issue OAuth 2.0 client credentials
    IssueClient(Issue),
    /// List the credentials, without their secrets
    List(TenantTarget),
    /// Revoke a secret token or an OAuth client
    Revoke(Revoke),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Profile {
    Workplace,
    Benefits,
}

impl Profile {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Workplace => "workplace",
            Self::Benefits => "benefits",
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct TenantTarget {
    /// The tenant's slug
    #[arg(long)]
    pub(crate) tenant: String,
    #[command(flatten)]
    pub(crate) target: GatewayTarget,
}

/// For how long a secret is good.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Expiry {
    /// After how many days the secret expires; without it, it is good until it is revoked
    #[arg(long, value_name = "DAYS")]
    expires_in_days: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Activate {
    /// Which product the integration serves
    #[arg(long)]
    profile: Profile,
    #[command(flatten)]
    expiry: Expiry,
    #[command(flatten)]
    of: TenantTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Issue {
    /// What to call it
    #[arg(long)]
    label: Option<String>,
    #[command(flatten)]
    expiry: Expiry,
    #[command(flatten)]
    of: TenantTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Rotate {
    /// The token that ends by it, as you know; needed while the newest one was never used
    #[arg(long, value_name = "CREDENTIAL")]
    ends: Option<String>,
    #[command(flatten)]
    expiry: Expiry,
    #[command(flatten)]
    of: TenantTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The credential's id
    pub(crate) credential: String,
    #[command(flatten)]
    pub(crate) of: TenantTarget,
}

pub(crate) async fn run(verb: IntegrationVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        IntegrationVerb::Activate(Activate { profile, expiry, of }) => {
            let (operator, days) = (of.target.operator()?, expiry.expires_in_days);
            let activated = operator.activate(&of.tenant, profile.as_str(), days).await?;
            show(&of.target, "integration-activated", &activated);
            if activated["secret_token"].is_null() && !of.target.json {
                match profile {
                    Profile::Workplace => output::note(
                        "a secret token is live already; `integration rotate-secret` issues another",
                    ),
                    Profile::Benefits => output::note(format_args!(
                        "next: rollcall integration issue-client --tenant {}",
                        of.tenant
                    )),
                }
            }
        }
        IntegrationVerb::Check(of) => return check(&of).await,
        IntegrationVerb::Deactivate(of) => {
            of.target.operator()?.deactivate(&of.tenant).await?;
            done(&of, "integration-deactivated", "deactivated");
        }
        IntegrationVerb::RotateSecret(Rotate { ends, expiry, of }) => {
            let (operator, days) = (of.target.operator()?, expiry.expires_in_days);
            let rotated = operator.rotate_secret(&of.tenant, days, ends.as_deref()).await?;
            show(&of.target, "secret-rotated", &rotated);
        }
        IntegrationVerb::IssueClient(Issue { label, expiry, of }) => {
            let (operator, days) = (of.target.operator()?, expiry.expires_in_days);
            let issued = operator.issue_client(&of.tenant, label.as_deref(), days).await?;
            show(&of.target, "client-issued", &issued);
        }
        IntegrationVerb::List(of) => {
            let credentials = of.target.operator()?.credentials(&of.tenant).await?;
            if of.target.json {
                output::json_list("credentials", &credentials);
            } else {
                let rows: Vec<_> = credentials.iter().map(row).collect();
                output::table(&COLUMNS, &rows);
            }
        }
        IntegrationVerb::Revoke(revoke) => revoked(revoke).await?,
    }
    Ok(ExitStatus::Success)
}

async fn check(of: &TenantTarget) -> anyhow::Result<ExitStatus> {
    let checked = of.target.operator()?.check_integration(&of.tenant).await?;
    let findings: Vec<_> = output::list(&checked["findings"]).collect();
    if of.target.json {
        output::json_of("integration-check", &checked);
    } else {
        for (words, name) in MILESTONES {
            let at = &checked["milestones"][name];
            let at = if at.is_null() { "not yet".to_owned() } else { output::when(at) };
            output::line(format_args!("{words:<18} {at}"));
        }
        if checked["recording"] == false {
            output::note("requests are not recorded (--record-requests), so that less is found");
        }
        for finding in &findings {
            let text = |name: &str| output::text(&finding[name]);
            output::line(format_args!("\n{}: {}", text("severity"), text("title")));
            output::line(format_args!("  seen: {}", text("seen")));
            output::line(format_args!("  do:   {}", text("remedy")));
        }
        if findings.is_empty() {
            output::line("nothing is wrong with the mapping, as far as it was seen");
        }
    }
    Ok(if findings.is_empty() { ExitStatus::Success } else { ExitStatus::NeedsAttention })
}

/// What a connection comes to, in its order.
const MILESTONES: [(&str, &str); 6] = [
    ("connected", "connected_at"),
    ("first user", "first_user_at"),
    ("first group", "first_group_at"),
    ("first member", "first_member_at"),
    ("last cycle", "last_cycle_at"),
    ("last request", "last_request_at"),
];

/// Ends a credential of any kind.
pub(crate) async fn revoked(Revoke { credential, of }: Revoke) -> anyhow::Result<()> {
    of.target.operator()?.revoke(&of.tenant, &credential).await?;
    done(&of, "credential-revoked", "revoked");
    Ok(())
}

fn done(of: &TenantTarget, name: &str, state: &str) {
    if of.target.json {
        output::json_of(name, &json!({ "tenant": of.tenant, "state": state }));
    } else {
        output::line(state);
    }
}

/// Shows an answer that may hold a secret: as JSON, or a line a field.
pub(crate) fn show(target: &GatewayTarget, name: &str, answer: &Value) {
    if target.json {
        return output::json_of(name, answer);
    }
    for (name, value) in answer.as_object().into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        output::line(format_args!("{name:<15} {value}"));
    }
    output::note("secrets are shown this once; copy them now");
}

const COLUMNS: [&str; 7] =
    ["CREDENTIAL", "PURPOSE", "ISSUED", "EXPIRES", "LAST USED", "STATE", "LABEL"];

fn row(credential: &Value) -> Vec<String> {
    let text = |name: &str| credential[name].as_str().unwrap_or_default().to_owned();
    let state = if credential["revoked"] == true {
        "revoked"
    } else if credential["expired"] == true {
        "expired"
    } else {
        "live"
    };
    let expires = match &credential["expires_at"] {
        Value::Null => "never".to_owned(),
        at => output::when(at),
    };
    let used = match &credential["last_used_at"] {
        Value::Null if credential["purpose"] == "api-token" => "not noted".to_owned(),
        Value::Null => "never".to_owned(),
        at => output::when(at),
    };
    let (id, purpose, issued) = (text("credential_id"), text("purpose"), text("issued_at"));
    vec![id, purpose, issued, expires, used, state.to_owned(), text("label")]
}
