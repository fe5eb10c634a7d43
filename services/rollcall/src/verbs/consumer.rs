//! `rollcall consumer`: who reads the log itself, which is for this program alone.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use eventlog::Consumer;
use serde_json::{Value, json};

use super::cli_target::LogTarget;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum ConsumerVerb {
    /// List the consumers on the log that are not ours: applications read the feed (`subscriber`)
    List(LogTarget),
    /// Delete a consumer on the log, and with it its reader's place
    Delete(Delete),
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// What it is called
    name: String,
    #[command(flatten)]
    target: LogTarget,
}

pub(crate) async fn run(verb: ConsumerVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        ConsumerVerb::List(target) => list(&target).await,
        ConsumerVerb::Delete(Delete { name, target }) => {
            let deleted = target.log().await?.delete_consumer(&name).await;
            deleted.with_context(|| format!("delete the consumer {name}"))?;
            if target.json {
                output::json_of("consumer-deleted", &json!({ "consumer": name }));
            } else {
                output::line(format_args!("deleted {name}"));
            }
            Ok(ExitStatus::Success)
        }
    }
}

async fn list(target: &LogTarget) -> anyhow::Result<ExitStatus> {
    let consumers = target.log().await?.foreign_consumers().await?;
    if target.json {
        let consumers: Vec<_> = consumers.iter().map(whole).collect();
        output::json_list("consumers", &consumers);
    } else {
        let rows: Vec<_> = consumers.iter().map(row).collect();
        output::table(&["CONSUMER", "SUBJECTS", "ACKNOWLEDGED", "PENDING", "PUSHES TO"], &rows);
    }
    Ok(if consumers.is_empty() { ExitStatus::Success } else { ExitStatus::NeedsAttention })
}

fn row(consumer: &Consumer) -> Vec<String> {
    vec![
        consumer.name.clone(),
        consumer.subjects.join(" "),
        consumer.acknowledged.to_string(),
        consumer.pending.to_string(),
        consumer.pushes_to.clone().unwrap_or_default(),
    ]
}

fn whole(consumer: &Consumer) -> Value {
    json!({
        "consumer": consumer.name,
        "subjects": consumer.subjects,
        "acknowledged": consumer.acknowledged.0,
        "pending": consumer.pending,
        "pushes_to": consumer.pushes_to,
    })
}
