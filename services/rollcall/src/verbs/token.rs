//! `rollcall token`: API tokens.

use clap::{Args, Subcommand};

use super::integration::{OfTenant, Revoke, revoked, show};
use super::operator::all_scopes;
use crate::exit::Ended;

#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Issue an API token
    Issue(Issue),
    /// Revoke an API token
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(crate) struct Issue {
    /// What it may do, such as employees:read; repeat it for more. All scopes, if none is named
    #[arg(long = "scope")]
    scopes: Vec<String>,
    /// What to call it
    #[arg(long)]
    label: Option<String>,
    #[command(flatten)]
    of: OfTenant,
}

pub(crate) async fn run(verb: TokenVerb) -> anyhow::Result<Ended> {
    match verb {
        TokenVerb::Issue(Issue { scopes, label, of }) => {
            let scopes = if scopes.is_empty() { all_scopes() } else { scopes };
            let operator = of.place.operator()?;
            let issued = operator.issue_token(&of.tenant, &scopes, label.as_deref()).await?;
            show(&of.place, &issued);
        }
        TokenVerb::Revoke(revoke) => revoked(revoke).await?,
    }
    Ok(Ended::Well)
}
