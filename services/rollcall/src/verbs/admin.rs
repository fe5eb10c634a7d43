//! `rollcall admin`: who may sign in to the portal of a tenant.

mod requests;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use events::AdministratorRole;
use serde_json::{Value, json};

use super::integration::TenantTarget;
use super::operator::{Operator, text};
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum AdminVerb {
    /// Invite an administrator. The link by which they sign in is shown once
    Invite(Invite),
    /// List a tenant's administrators
    List(TenantTarget),
    /// Make a new sign-in link; an earlier one opens nothing any more
    Link(Named),
    /// Say what an administrator may do; what they could do before is replaced
    Roles(OtherRoles),
    /// Remove an administrator: they may do nothing any more, at once
    Remove(Named),
}

#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// The e-mail address
    email: String,
    /// What they are called
    #[arg(long)]
    name: Option<String>,
    /// What they may do; several with commas between, or said several times
    #[arg(long = "role", value_name = "ROLE", required = true, value_delimiter = ',', value_parser = role())]
    roles: Vec<AdministratorRole>,
    #[command(flatten)]
    of: TenantTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// Their e-mail address or their id
    #[arg(value_name = "EMAIL|ID")]
    administrator: String,
    #[command(flatten)]
    of: TenantTarget,
}

#[derive(Debug, Args)]
pub(crate) struct OtherRoles {
    /// Their e-mail address or their id
    #[arg(value_name = "EMAIL|ID")]
    administrator: String,
    /// What they may do; several with commas between, or said several times
    #[arg(long = "role", value_name = "ROLE", required = true, value_delimiter = ',', value_parser = role())]
    roles: Vec<AdministratorRole>,
    #[command(flatten)]
    of: TenantTarget,
}

/// Reads the name of a role.
fn role() -> impl TypedValueParser<Value = AdministratorRole> {
    let names =
        AdministratorRole::ALL.map(|role| PossibleValue::new(role.as_str()).help(role.opens()));
    PossibleValuesParser::new(names).map(|name| {
        let known = name.parse();
        known.expect("the parser lets in known names only")
    })
}

pub(crate) async fn run(verb: AdminVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        AdminVerb::Invite(Invite { email, name, roles, of }) => {
            let new = json!({ "email": email, "name": name, "roles": roles });
            let issued = of.target.operator()?.invite_administrator(&of.tenant, new).await?;
            show_link(&of, "administrator-invited", &issued)?;
        }
        AdminVerb::List(of) => {
            let administrators = of.target.operator()?.administrators(&of.tenant).await?;
            if of.target.json {
                output::json_list("administrators", &administrators);
            } else {
                let rows: Vec<_> = administrators.iter().map(row).collect();
                output::table(&["E-MAIL", "NAME", "ROLES", "INVITED", "SIGNED IN", "ID"], &rows);
            }
        }
        AdminVerb::Link(Named { administrator, of }) => {
            let operator = of.target.operator()?;
            let id = found(&operator, &of.tenant, &administrator).await?;
            let issued = operator.issue_sign_in_link(&of.tenant, &id).await?;
            show_link(&of, "sign-in-link-issued", &issued)?;
        }
        AdminVerb::Roles(OtherRoles { administrator, roles, of }) => {
            let operator = of.target.operator()?;
            let id = found(&operator, &of.tenant, &administrator).await?;
            let change = json!({ "roles": roles });
            let changed = operator.change_administrator(&of.tenant, &id, change).await?;
            if of.target.json {
                output::json_of("administrator-changed", &changed);
            } else {
                let roles = words(&changed["roles"]);
                output::line(format_args!("{} has {roles}", output::text(&changed["email"])));
            }
        }
        AdminVerb::Remove(Named { administrator, of }) => {
            let operator = of.target.operator()?;
            let id = found(&operator, &of.tenant, &administrator).await?;
            operator.remove_administrator(&of.tenant, &id).await?;
            if of.target.json {
                let removed = json!({ "tenant": of.tenant, "administrator_id": id });
                output::json_of("administrator-removed", &removed);
            } else {
                output::line(format_args!("removed {administrator}"));
            }
        }
    }
    Ok(ExitStatus::Success)
}

fn show_link(of: &TenantTarget, name: &str, issued: &Value) -> anyhow::Result<()> {
    if of.target.json {
        output::json_of(name, issued);
        return Ok(());
    }
    output::line(format_args!(
        "Sign in to {} in a browser, with this link:\n\n  {}\n\nIt is shown this once, is good once, and until {}.",
        of.tenant,
        text(issued, "sign_in_url")?,
        output::when(&issued["link_expires_at"]),
    ));
    Ok(())
}

/// The id of an administrator. Addresses are looked up here, so that none is in a URL.
async fn found(operator: &Operator, tenant: &str, named: &str) -> anyhow::Result<String> {
    let administrators = operator.administrators(tenant).await?;
    let is_meant = |one: &&Value| {
        let has = |name: &str| one[name].as_str().map(str::to_lowercase);
        [has("administrator_id"), has("email")].contains(&Some(named.to_lowercase()))
    };
    match administrators.iter().find(is_meant) {
        Some(one) => Ok(text(one, "administrator_id")?.to_owned()),
        None => anyhow::bail!(
            "{tenant} has no administrator {named}; `rollcall admin list --tenant {tenant}` shows those that there are"
        ),
    }
}

fn row(administrator: &Value) -> Vec<String> {
    vec![
        output::text(&administrator["email"]),
        output::text(&administrator["name"]),
        words(&administrator["roles"]),
        output::when(&administrator["invited_at"]),
        output::when(&administrator["signed_in_at"]),
        output::text(&administrator["administrator_id"]),
    ]
}

fn words(list: &Value) -> String {
    output::list(list).map(output::text).collect::<Vec<_>>().join(" ")
}
