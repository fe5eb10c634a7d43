//! `rollcall tenant`: customers.

use clap::{Args, Subcommand};
use serde_json::Value;

use super::cli_target::GatewayTarget;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum TenantVerb {
    /// Create a tenant
    Create(Create),
    /// List the tenants
    List(GatewayTarget),
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// 1 to 63 of a-z, 0-9 and -; part of its URLs
    slug: String,
    /// The stream that is to hold it, if there are several; the gateway that is asked has to be one of it
    #[arg(long, env = "ROLLCALL_STREAM")]
    stream: Option<String>,
    #[command(flatten)]
    target: GatewayTarget,
}

pub(crate) async fn run(verb: TenantVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        TenantVerb::Create(Create { slug, stream, target }) => {
            let tenant = target.operator()?.create_tenant(&slug, stream.as_deref()).await?;
            if target.json {
                output::json_of("tenant", &tenant);
            } else {
                output::line(format_args!("created {slug}"));
                let there = target.data_dir_option();
                output::line(format_args!(
                    "next: rollcall integration activate --tenant {slug} --profile workplace{there}"
                ));
            }
        }
        TenantVerb::List(target) => {
            let tenants = target.operator()?.tenants().await?;
            if target.json {
                output::json_list("tenants", &tenants);
            } else {
                let rows: Vec<_> = tenants.iter().map(row).collect();
                output::table(&["TENANT", "PROFILE", "ACTIVE", "PEOPLE", "GROUPS", "ID"], &rows);
            }
        }
    }
    Ok(ExitStatus::Success)
}

fn row(tenant: &Value) -> Vec<String> {
    let active = if tenant["active"] == true { "yes" } else { "no" };
    vec![
        tenant["tenant"].as_str().unwrap_or_default().to_owned(),
        tenant["profile"].as_str().unwrap_or("-").to_owned(),
        active.to_owned(),
        tenant["people"].to_string(),
        tenant["groups"].to_string(),
        tenant["tenant_id"].as_str().unwrap_or("-").to_owned(),
    ]
}
