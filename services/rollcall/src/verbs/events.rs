//! `rollcall events`: what has happened, and what is happening.

use std::collections::BTreeSet;

use acts::{Act, By, Revealed};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use eventlog::{Entry, Journal, Log, Selection, Since};
use events::{Entity, EventKind, Recorded, Seq};
use futures_util::StreamExt as _;
use jiff::Timestamp;
use operations::ActLog;
use serde_json::{Value, json};
use uuid::Uuid;

use super::cli_target::LogTarget;
use crate::exit::ExitStatus;
use crate::{output, time_text};

#[derive(Debug, Subcommand)]
pub(crate) enum EventsVerb {
    /// List events that have happened
    List(Which),
    /// Follow events as they happen
    Tail(Which),
    /// Show one event whole
    Show(Show),
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Only this tenant's
    #[arg(long)]
    tenant: Option<events::Tenant>,
    /// Only of this entity: user, group, team, booking, alert, tenant, integration or
    /// credential
    #[arg(long, value_parser = entity)]
    entity: Option<Entity>,
    /// Only about this id, such as an employee's
    #[arg(long)]
    id: Option<Uuid>,
    /// Only this fact, such as deactivated
    #[arg(long, value_parser = fact)]
    fact: Option<String>,
    /// Not before: a time, such as 2026-03-02T08:20:00Z, or how long ago: 90s, 5m, 2h, 3d
    #[arg(long, value_name = "TIME", conflicts_with = "from", value_parser = time_text::past)]
    since: Option<Timestamp>,
    /// Only from this position on
    #[arg(long)]
    from: Option<u64>,
    /// No more than so many
    #[arg(long)]
    limit: Option<usize>,
    /// With --json, show personal values as they are, which leaves an act in the journal
    #[arg(long, requires = "tenant")]
    reveal: bool,
    #[command(flatten)]
    target: LogTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The position of the event
    position: u64,
    /// Show personal values as they are, which leaves an act in the journal
    #[arg(long)]
    reveal: bool,
    #[command(flatten)]
    target: LogTarget,
}

fn entity(text: &str) -> Result<Entity, String> {
    Entity::ALL.into_iter().find(|entity| entity.as_str() == text).ok_or_else(|| {
        let known: Vec<_> = Entity::ALL.iter().map(|entity| entity.as_str()).collect();
        format!("there are {}", known.join(", "))
    })
}

/// A fact that some event tells, so that a slip of the pen is not answered with nothing.
fn fact(text: &str) -> Result<String, String> {
    let names: Vec<_> = EventKind::ALL.iter().map(|kind| kind.name()).collect();
    let known: BTreeSet<_> =
        names.iter().filter_map(|name| Some(name.split_once('.')?.1)).collect();
    if known.contains(text) {
        return Ok(text.to_owned());
    }
    Err(format!("there are {}", known.into_iter().collect::<Vec<_>>().join(", ")))
}

pub(crate) async fn run(verb: EventsVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        EventsVerb::List(which) => list(which, false).await,
        EventsVerb::Tail(which) => list(which, true).await,
        EventsVerb::Show(show) => one(show).await,
    }
}

async fn list(which: Which, live: bool) -> anyhow::Result<ExitStatus> {
    let log = which.target.log().await?;
    if let (true, Some(tenant)) = (which.reveal, &which.tenant) {
        let of_whom =
            Revealed { tenant: tenant.clone(), employee: None, event: None, request: None };
        reveal(&log, of_whom).await?;
    }
    let since = match (which.from, which.since) {
        (Some(seq), _) => Since::Seq(Seq(seq)),
        (None, Some(time)) => Since::Time(time),
        // A tail begins now, unless it is told otherwise.
        (None, None) if live => Since::Seq(log.end().await?.next()),
        (None, None) => Since::Start,
    };
    let (tenant, entity, id, fact) = (which.tenant, which.entity, which.id, which.fact);
    let selection = Selection { tenant, entity, id, fact, since, live };
    let mut entries = Box::pin(log.select(selection)).take(which.limit.unwrap_or(usize::MAX));
    if !which.target.json {
        output::line(LINE_HEAD);
    }
    let mut none = true;
    while let Some(entry) = entries.next().await {
        let entry = entry?;
        none = false;
        if which.target.json {
            output::json_of("event", &whole(&entry, which.reveal)?);
        } else {
            output::line(brief(&entry)?);
        }
        if output::reader_is_gone() {
            break;
        }
    }
    if none && !which.target.json {
        output::note("No event fits. Is the tenant spelt right, and the id?");
    }
    Ok(ExitStatus::Success)
}

async fn one(Show { position, reveal: revealed, target }: Show) -> anyhow::Result<ExitStatus> {
    let log = target.log().await?;
    let Some(entry) = log.get(Seq(position)).await? else {
        let end = log.end().await?;
        anyhow::bail!(match log.position_at(Seq(position)).await? {
            Some(_) => format!("what event {position} said was erased"),
            None => format!("there is no event {position}; the log ends with event {end}"),
        });
    };
    if revealed {
        let recorded = read(&entry)?;
        let event = Some(recorded.seq);
        let tenant = recorded.tenant().clone();
        reveal(&log, Revealed { tenant, employee: None, event, request: None }).await?;
    }
    let whole = whole(&entry, revealed)?;
    if target.json {
        output::json_of("event", &whole);
    } else {
        output::line(serde_json::to_string_pretty(&whole)?);
        if !revealed {
            output::note("Texts are masked; --reveal shows them, and leaves an act.");
        }
    }
    Ok(ExitStatus::Success)
}

/// Leaves an act before anything is shown; where none can be left, nothing is.
async fn reveal(log: &Log, revealed: Revealed) -> anyhow::Result<()> {
    let noted = async {
        let acts = ActLog::open(Journal::open(log).await?).await?;
        acts.note(&By::Root, Act::PersonalRevealed(revealed)).await?;
        anyhow::Ok(())
    };
    noted.await.context("--reveal cannot be noted in the journal, so nothing is shown")
}

const LINE_HEAD: &str = "POSITION  TIME                         TENANT            EVENT                    ABOUT                                 ACTOR";

/// An event in a line: ids only, so that a terminal shows no names.
fn brief(entry: &Entry) -> anyhow::Result<String> {
    let recorded = read(entry)?;
    Ok(format!(
        "{:<8}  {:<27}  {:<16}  {:<23}  {:<36}  {}",
        recorded.seq.0,
        recorded.envelope.time.to_string(),
        recorded.tenant().to_string(),
        name(&recorded),
        about(entry),
        recorded.envelope.actor,
    ))
}

/// An event with all that the log holds of it; unless they are to be revealed, without its texts.
fn whole(entry: &Entry, revealed: bool) -> anyhow::Result<Value> {
    let recorded = read(entry)?;
    let body: Value = serde_json::from_slice(entry.body())?;
    let body = if revealed { body } else { operations::masked(body) };
    Ok(json!({
        "position": recorded.seq.0,
        "subject": entry.subject(),
        "id": recorded.envelope.id,
        "type": name(&recorded),
        "tenant": recorded.tenant(),
        "time": recorded.envelope.time,
        "actor": recorded.envelope.actor.as_str(),
        "request": recorded.envelope.request,
        "traceparent": recorded.envelope.trace_parent,
        "digest": recorded.digest,
        "chain": recorded.chain,
        "ends_decision": recorded.commit,
        "revealed": revealed,
        "data": body,
    }))
}

fn read(entry: &Entry) -> anyhow::Result<Recorded> {
    entry.read().with_context(|| format!("read event {}", entry.seq))
}

fn name(recorded: &Recorded) -> String {
    match (&recorded.event, recorded.event.kind()) {
        (_, Some(kind)) => kind.name(),
        (events::Event::Unknown { name }, None) => name.clone(),
        (_, None) => "unknown".to_owned(),
    }
}

/// The fourth token of the subject: what the event is about.
fn about(entry: &Entry) -> &str {
    entry.subject().split('.').nth(3).unwrap_or_default()
}
