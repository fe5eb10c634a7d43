//! `rollcall operator`: who may operate the program, and what their tokens open.

use acts::Role;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
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
    /// List the operators that there are and were, and what their tokens open
    List(Listed),
    /// Let an operator's token open more; the token stays the same
    Grant(RoleChange),
    /// Let an operator's token open less; the token stays the same
    Ungrant(RoleChange),
    /// End an operator's token
    Revoke(Revoked),
}

#[derive(Debug, Args)]
pub(crate) struct NewOperator {
    /// What they are called in the journal: a-z, 0-9, '.', '-' and '_'
    name: String,
    /// What the token opens; several with commas between, or said several times
    #[arg(long = "role", value_name = "ROLE", required = true, value_delimiter = ',', value_parser = role())]
    roles: Vec<Role>,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct RoleChange {
    /// Whose token
    name: String,
    /// Which roles; several with commas between, or said several times
    #[arg(long = "role", value_name = "ROLE", required = true, value_delimiter = ',', value_parser = role())]
    roles: Vec<Role>,
    #[command(flatten)]
    target: GatewayTarget,
}

/// Reads the name of a role.
fn role() -> impl TypedValueParser<Value = Role> {
    let names = Role::ALL.map(|role| PossibleValue::new(role.as_str()).help(role.opens()));
    PossibleValuesParser::new(names).map(|name| {
        let known = name.parse();
        known.expect("the parser lets in known names only")
    })
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
        OperatorVerb::Grant(change) => changed(change, "grant").await?,
        OperatorVerb::Ungrant(change) => changed(change, "ungrant").await?,
        OperatorVerb::Revoke(Revoked { name, target }) => {
            target.ops()?.delete(&["operators", &name]).await?;
            let revoked = json!({ "schema": "rollcall.operator-revoked.v1", "name": name });
            output::answer(target.json, &revoked, || {
                output::line(format_args!("revoked the token of {name}"));
            });
        }
    }
    Ok(ExitStatus::Success)
}

async fn changed(change: RoleChange, how: &str) -> anyhow::Result<()> {
    let RoleChange { name, roles, target } = change;
    let body = json!({ "roles": roles });
    let changed = target.ops()?.post(&["operators", &name, how], body).await?;
    output::answer(target.json, &changed, || {
        output::line(format_args!("operator {name} has {}", words(&changed["roles"])));
    });
    Ok(())
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
