//! `rollcall consumer`: how applications read a tenant's events.

use std::pin::pin;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use eventlog::{Consumer, ConsumerName, NewConsumer};
use eventlog::{Log, Selection};
use events::{Entity, Seq, Tenant};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use super::cli_target::LogTarget;
use crate::exit::ExitStatus;
use crate::output;

/// What nats-server has to know of an application, as `deploy/nats-server.conf` has it.
const ACCOUNT: &str = include_str!("../../../../deploy/examples/account.conf");
/// The application that the account is written for, in a name and in a variable's name.
const EXAMPLE: [&str; 2] = ["acme-app", "ACME_APP"];

#[derive(Debug, Subcommand)]
pub(crate) enum ConsumerVerb {
    /// Make a durable consumer for an application, and show what nats-server has to know of it
    Create(Create),
    /// List the consumers, how far each is, and which of them no application should read through
    List(LogTarget),
    /// Delete a consumer, and with it the application's place
    Delete(Delete),
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    #[command(flatten)]
    of: Named,
    /// Begin behind this position, such as where `rollcall status` shows the read models before they are
    /// read; without it, with the first event
    #[arg(long, default_value_t = 0)]
    after: u64,
    /// How many events may be delivered and not yet acknowledged; 1 keeps to the order even where
    /// one has to be delivered again
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    max_unacknowledged: u32,
    #[command(flatten)]
    target: LogTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    #[command(flatten)]
    of: Named,
    #[command(flatten)]
    target: LogTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// Whose events it delivers
    #[arg(long)]
    tenant: Tenant,
    /// What it is called, its NATS user and its account with it: a-z, 0-9 and -
    #[arg(long)]
    name: ConsumerName,
}

pub(crate) async fn run(verb: ConsumerVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        ConsumerVerb::Create(create) => made(create).await,
        ConsumerVerb::List(target) => list(&target).await,
        ConsumerVerb::Delete(Delete { of: Named { tenant, name }, target }) => {
            let deleted = target.log().await?.delete_consumer(&name, &tenant).await;
            deleted.with_context(|| {
                format!(
                    "delete the consumer {name} of {tenant} (`rollcall consumer list` shows all)"
                )
            })?;
            if target.json {
                output::json_of("consumer-deleted", &json!({ "consumer": name.to_string() }));
            } else {
                output::line(format_args!("deleted {name}"));
                output::note("Take its account out of nats-server's settings, and reload them.");
            }
            Ok(ExitStatus::Success)
        }
    }
}

async fn made(create: Create) -> anyhow::Result<ExitStatus> {
    let Create { of: Named { tenant, name }, after, max_unacknowledged, target } = create;
    let account = account(&name);
    let log = target.log().await?;
    if !exists(&log, &tenant).await? {
        anyhow::bail!("there is no tenant {tenant}; is it spelt right?");
    }
    let new = NewConsumer { name, tenant, after: Seq(after), max_unacknowledged };
    let consumer = log.create_consumer(&new).await?;
    if target.json {
        let mut shown = whole(&consumer);
        shown["account"] = json!(account);
        output::json_of("consumer", &shown);
        return Ok(ExitStatus::Success);
    }
    output::note(format_args!(
        "made {}, with {} events waiting. Put this into \"accounts\" in nats-server's settings, set \
         its password in the server's environment, and reload:\n",
        consumer.name, consumer.pending
    ));
    output::line(account.trim_end());
    Ok(ExitStatus::Success)
}

/// Whether the log knows a tenant. A consumer of nobody would wait for ever.
async fn exists(log: &Log, tenant: &Tenant) -> anyhow::Result<bool> {
    let created = Selection {
        tenant: Some(tenant.clone()),
        entity: Some(Entity::Tenant),
        fact: Some("created".to_owned()),
        ..Selection::default()
    };
    Ok(pin!(log.select(created)).try_next().await?.is_some())
}

async fn list(target: &LogTarget) -> anyhow::Result<ExitStatus> {
    let consumers = target.log().await?.consumers().await?;
    if target.json {
        let consumers: Vec<_> = consumers.iter().map(whole).collect();
        output::json_list("consumers", &consumers);
    } else {
        let rows: Vec<_> = consumers.iter().map(row).collect();
        let head = ["CONSUMER", "TENANT", "ACKNOWLEDGED", "UNACKNOWLEDGED", "PENDING", "FAULT"];
        output::table(&head, &rows);
    }
    let faulty = consumers.iter().any(|consumer| consumer.fault.is_some());
    Ok(if faulty { ExitStatus::NeedsAttention } else { ExitStatus::Success })
}

/// The account of an application in nats-server's settings.
fn account(name: &ConsumerName) -> String {
    let name = name.to_string();
    let variable = name.to_uppercase().replace('-', "_");
    ACCOUNT.replace(EXAMPLE[0], &name).replace(EXAMPLE[1], &variable)
}

fn row(consumer: &Consumer) -> Vec<String> {
    let tenant = consumer.tenant.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    vec![
        consumer.name.clone(),
        tenant,
        consumer.acknowledged.to_string(),
        consumer.unacknowledged.to_string(),
        consumer.pending.to_string(),
        consumer.fault.clone().unwrap_or_default(),
    ]
}

fn whole(consumer: &Consumer) -> Value {
    json!({
        "consumer": consumer.name,
        "tenant": consumer.tenant,
        "subjects": consumer.subjects,
        "acknowledged": consumer.acknowledged.0,
        "unacknowledged": consumer.unacknowledged,
        "pending": consumer.pending,
        "fault": consumer.fault,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_verb_prints_is_what_deploy_shows() {
        let shown = include_str!("../../../../deploy/nats-server.conf");
        assert!(shown.contains(&account(&"acme-app".parse().unwrap())));
    }

    #[test]
    fn an_account_speaks_of_its_own_application_and_of_no_other() {
        let account = account(&"desk-1".parse().unwrap());
        assert!(
            account.contains(r#"user: "desk-1", password: $NATS_PASSWORD_DESK_1"#),
            "{account}"
        );
        assert!(!account.to_lowercase().contains("acme"), "{account}");
    }
}
