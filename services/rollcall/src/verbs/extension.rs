//! `rollcall extension`: what a tenant adds to SCIM's schemas.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::integration::TenantTarget;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum ExtensionVerb {
    /// Declare an extension, or change one
    Declare(Declare),
    /// List the extensions
    List(TenantTarget),
    /// Remove an extension; what people have of it stays
    Remove(Remove),
}

#[derive(Debug, Args)]
pub(crate) struct Declare {
    /// JSON with urn, resourceType, name and attributes: each with name and type (string, boolean,
    /// integer or dateTime), and perhaps caseExact and description
    #[arg(long)]
    file: PathBuf,
    #[command(flatten)]
    of: TenantTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The URN of the extension
    urn: String,
    #[command(flatten)]
    of: TenantTarget,
}

pub(crate) async fn run(verb: ExtensionVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        ExtensionVerb::Declare(Declare { file, of }) => {
            let text = std::fs::read_to_string(&file)
                .with_context(|| format!("read {}", file.display()))?;
            let extension: Value = serde_json::from_str(&text)
                .with_context(|| format!("understand {} as JSON", file.display()))?;
            let declared = of.target.operator()?.declare_extension(&of.tenant, &extension).await?;
            if of.target.json {
                output::json_of("extension", &declared);
            } else {
                let urn = declared["urn"].as_str().unwrap_or_default();
                output::line(format_args!("declared {urn}"));
            }
        }
        ExtensionVerb::List(of) => {
            let extensions = of.target.operator()?.extensions(&of.tenant).await?;
            if of.target.json {
                output::json_list("extensions", &extensions);
            } else {
                let rows: Vec<_> = extensions.iter().map(row).collect();
                output::table(&["URN", "EXTENDS", "NAME", "ATTRIBUTES"], &rows);
            }
        }
        ExtensionVerb::Remove(Remove { urn, of }) => {
            of.target.operator()?.remove_extension(&of.tenant, &urn).await?;
            if of.target.json {
                let removed = json!({ "tenant": of.tenant, "urn": urn });
                output::json_of("extension-removed", &removed);
            } else {
                output::line(format_args!("removed {urn}"));
            }
        }
    }
    Ok(ExitStatus::Success)
}

fn row(extension: &Value) -> Vec<String> {
    let text = |name: &str| extension[name].as_str().unwrap_or_default().to_owned();
    let attributes = extension["attributes"].as_array().map_or(0, Vec::len);
    vec![text("urn"), text("resourceType"), text("name"), attributes.to_string()]
}
