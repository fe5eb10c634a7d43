//! `rollcall operator`: who may operate the program, and what their tokens open.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::cli_target::GatewayTarget;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum OperatorVerb {
    /// Make a token for an operator. It is shown once
    ///
    /// Only the token of the settings may do this. The name is kept in the journal for ever.
    Add(NewOperator),
    /// List the operators that there are and were
    List(Listed),
    /// End an operator's token
    Revoke(Revoked),
}

#[derive(Debug, Args)]
pub(crate) struct NewOperator {
    /// What they are called in the journal: a-z, 0-9, '.', '-' and '_'
    name: String,
    /// What the token opens: ops:read, replay:run, replay:cutover, parked:decide, privacy:erase,
    /// tenants:manage; may be said several times
    #[arg(long = "role", required = true)]
    roles: Vec<String>,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Listed {
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Revoked {
    /// Whose token
    name: String,
    #[command(flatten)]
    target: GatewayTarget,
}

pub(crate) async fn run(verb: OperatorVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        OperatorVerb::Add(NewOperator { name, roles, target }) => {
            let body = json!({ "name": name, "roles": roles });
            let added = target.ops()?.post(&["operators"], body).await?;
            output::answer(target.json, &added, || {
                output::line(format_args!(
                    "operator {name} has {}\n\n  {}\n\nThis token is shown once.",
                    words(&added["roles"]),
                    added["operator_token"].as_str().unwrap_or_default(),
                ));
            });
        }
        OperatorVerb::List(Listed { target }) => {
            let listed = target.ops()?.get(&["operators"], &[]).await?;
            output::answer(target.json, &listed, || {
                let rows: Vec<_> = output::list(&listed["operators"]).map(row).collect();
                output::table(&["OPERATOR", "ROLES", "ADDED", "BY", "REVOKED"], &rows);
            });
        }
        OperatorVerb::Revoke(Revoked { name, target }) => {
            target.ops()?.delete(&["operators", &name]).await?;
            let revoked = json!({ "schema": "rollcall.operator-revoked.v1", "name": name });
            output::answer(target.json, &revoked, || output::line("revoked"));
        }
    }
    Ok(ExitStatus::Success)
}

fn row(operator: &Value) -> Vec<String> {
    vec![
        output::text(&operator["name"]),
        words(&operator["roles"]),
        output::when(&operator["added_at"]),
        output::text(&operator["added_by"]),
        output::when(&operator["revoked_at"]),
    ]
}

fn words(list: &Value) -> String {
    output::list(list).map(output::text).collect::<Vec<_>>().join(" ")
}
