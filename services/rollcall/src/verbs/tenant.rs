//! `rollcall tenant`: customers.

use clap::{Args, Subcommand};
use serde_json::Value;

use super::place::Place;
use crate::exit::Ended;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum TenantVerb {
    /// Create a tenant
    Create(Create),
    /// List the tenants
    List(Place),
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// 1 to 63 of a-z, 0-9 and -; part of its URLs
    slug: String,
    #[command(flatten)]
    place: Place,
}

pub(crate) async fn run(verb: TenantVerb) -> anyhow::Result<Ended> {
    match verb {
        TenantVerb::Create(Create { slug, place }) => {
            let tenant = place.operator()?.create_tenant(&slug).await?;
            if place.json {
                output::json(&tenant);
            } else {
                output::line(format_args!("created {slug}"));
                output::line(format_args!(
                    "next: rollcall integration activate --tenant {slug} --profile workplace"
                ));
            }
        }
        TenantVerb::List(place) => {
            let tenants = place.operator()?.tenants().await?;
            if place.json {
                tenants.iter().for_each(output::json);
            } else {
                let rows: Vec<_> = tenants.iter().map(row).collect();
                output::table(&["TENANT", "PROFILE", "ACTIVE", "PEOPLE", "GROUPS"], &rows);
            }
        }
    }
    Ok(Ended::Well)
}

fn row(tenant: &Value) -> Vec<String> {
    let active = if tenant["active"] == true { "yes" } else { "no" };
    vec![
        tenant["tenant"].as_str().unwrap_or_default().to_owned(),
        tenant["profile"].as_str().unwrap_or("-").to_owned(),
        active.to_owned(),
        tenant["people"].to_string(),
        tenant["groups"].to_string(),
    ]
}
