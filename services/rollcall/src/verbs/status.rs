//! `rollcall status`: how far the log and the projections are, which alerts are open, and what clients
//! send and that are not kept.

use clap::Args;
use directory::Directory;
use directory::queries::OpenAlert;
use eventlog::{Discrepancy, Loss, Verified};
use eventlog::{Entry, Log};
use events::{AlertId, Seq, Tenant};
use ingest::{IgnoredAttribute, ignored_attributes};
use jiff::{SignedDuration, Timestamp};
use projector::{Database, Projection as _};
use serde::Serialize;

use super::cli_target::ReadModelsTarget;
use crate::exit::ExitStatus;
use crate::output;
use crate::projections;

/// From how much lag on somebody should look.
const LAG_THRESHOLD: SignedDuration = SignedDuration::from_secs(60);

#[derive(Debug, Args)]
pub(crate) struct StatusOptions {
    #[command(flatten)]
    target: ReadModelsTarget,
}

/// The log, and who follows it.
#[derive(Debug, Serialize)]
struct Status {
    stream: StreamStatus,
    projections: Vec<ProjectionStatus>,
    /// What waits for somebody to decide.
    alerts: Vec<AlertStatus>,
    /// Attributes that clients send and that are not kept.
    attributes_not_kept: Vec<IgnoredAttribute>,
}

#[derive(Debug, Serialize)]
struct StreamStatus {
    /// The last event.
    position: u64,
    last_event_at: Option<Timestamp>,
    /// What is missing of it, if anything is.
    lost: Option<String>,
    /// How sound the last verification found it.
    verified: Option<Verified>,
}

#[derive(Debug, Serialize)]
struct ProjectionStatus {
    projection: &'static str,
    /// The last event in the read model.
    position: u64,
    lag_events: u64,
    /// How long the oldest event has waited that is not in the read model.
    lag_seconds: f64,
    /// Events passed over because the projection's release does not know them.
    unknown_events: u64,
    state: State,
}

#[derive(Debug, Serialize)]
struct AlertStatus {
    tenant: Tenant,
    alert_id: AlertId,
    cause: &'static str,
    people: i64,
    held: bool,
    raised_at: Timestamp,
}

impl From<OpenAlert> for AlertStatus {
    fn from(OpenAlert { tenant, alert }: OpenAlert) -> Self {
        Self {
            tenant,
            alert_id: alert.id,
            cause: alert.cause.as_str(),
            people: alert.people,
            held: alert.held,
            raised_at: alert.raised_at,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Live,
    CatchingUp,
    /// It was made anew, and is of no use before it has seen what there was. Reads are 503.
    Building,
    /// The next event cannot be read: `rollcall log verify` says why.
    Stuck,
    /// It has seen events that the log does not hold: the log was lost, or is another one.
    AheadOfLog,
    /// Nobody has ever built it.
    Missing,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::CatchingUp => "catching up",
            Self::Building => "being built; reads of it are answered 503",
            Self::Stuck => "stuck: the next event cannot be read; see `rollcall log verify`",
            Self::AheadOfLog => "ahead of the log, which has lost events or is another one",
            Self::Missing => "missing",
        }
    }
}

pub(crate) async fn run(options: StatusOptions) -> anyhow::Result<ExitStatus> {
    let (log, database) = tokio::try_join!(options.target.of_log.log(), options.target.database())?;
    let now = eventlog::clock::now();
    let status = look(&log, &database, now).await?;
    if options.target.of_log.json {
        output::json(&status);
    } else {
        show(&status, now);
    }
    let attention = status.projections.iter().any(|projection| {
        matches!(projection.state, State::Stuck | State::AheadOfLog | State::Missing)
            || projection.lag_seconds > LAG_THRESHOLD.as_secs_f64()
    });
    let damaged = status.stream.verified.as_ref().is_some_and(|found| found.damage.is_some());
    let attention =
        attention || status.stream.lost.is_some() || damaged || !status.alerts.is_empty();
    Ok(if attention { ExitStatus::NeedsAttention } else { ExitStatus::Success })
}

async fn look(log: &Log, database: &Database, now: Timestamp) -> anyhow::Result<Status> {
    // The projections first: the log's end, read later, is never behind them.
    let mut checkpoints = Vec::new();
    let mut evidence = Vec::new();
    for name in projections::NAMES {
        let checkpoint = projector::peek_checkpoint(database.pool(), name).await?;
        evidence.extend(checkpoint.map(|checkpoint| checkpoint.evidence(name)));
        checkpoints.push((name, checkpoint));
    }
    evidence.extend(log.recorded_evidence().await?);
    let lost = log.confirm_continuity(&evidence).await?.err();
    let end = log.extent().await?.map_or(Seq(0), |extent| extent.last);
    let last_event_at = log.get(end).await?.as_ref().and_then(happened_at);
    let mut projections = Vec::new();
    for (name, checkpoint) in checkpoints {
        let position = checkpoint.as_ref().map_or(Seq(0), |checkpoint| checkpoint.position);
        let lag_events = end.0.saturating_sub(position.0);
        let waiting = if lag_events == 0 { None } else { log.get(position.next()).await? };
        let since = waiting.as_ref().and_then(happened_at);
        // An event that the log counts and does not hold can be read no more than a damaged one.
        let unreadable = lag_events > 0 && waiting.is_none_or(|entry| entry.read().is_err());
        let elsewhere = lost.as_ref().is_some_and(|loss| is_missed(loss, name));
        projections.push(ProjectionStatus {
            projection: name,
            position: position.0,
            lag_events,
            lag_seconds: since
                .map_or(0.0, |since| now.duration_since(since).as_secs_f64().max(0.0)),
            unknown_events: checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.unknown),
            state: match (&checkpoint, lag_events) {
                (None, _) => State::Missing,
                (Some(_), _) if elsewhere => State::AheadOfLog,
                (Some(checkpoint), _) if checkpoint.building && !unreadable => State::Building,
                (Some(_), 0) => State::Live,
                (Some(_), _) if unreadable => State::Stuck,
                (Some(_), _) => State::CatchingUp,
            },
        });
    }
    let alerts = open_alerts(database, &projections).await?;
    let lost = lost.map(|loss| loss.to_string());
    let verified = log.last_verification().await?;
    let stream = StreamStatus { position: end.0, last_event_at, lost, verified };
    let attributes_not_kept = ignored_attributes(log).await?;
    Ok(Status { stream, projections, alerts, attributes_not_kept })
}

/// Whether a read model knows events that the log does not hold.
fn is_missed(loss: &Loss, name: &str) -> bool {
    let witness = projector::witness(name);
    let witnesses = loss.0.iter().filter_map(Discrepancy::evidence);
    witnesses.into_iter().any(|evidence| evidence.witness == witness)
}

async fn open_alerts(
    database: &Database,
    projections: &[ProjectionStatus],
) -> anyhow::Result<Vec<AlertStatus>> {
    let is_missing = |shown: &ProjectionStatus| {
        shown.projection == Directory::NAME && shown.state == State::Missing
    };
    if projections.iter().any(is_missing) {
        return Ok(vec![]);
    }
    let client = database.pool().get().await?;
    projector::search_in(&client, &[Directory::NAME]).await?;
    let open = directory::queries::open_alerts(&client).await?;
    Ok(open.into_iter().map(AlertStatus::from).collect())
}

/// When an event happened, even if the rest of it cannot be read.
fn happened_at(entry: &Entry) -> Option<Timestamp> {
    entry.header(events::header::TIME)?.parse().ok()
}

fn show(status: &Status, now: Timestamp) {
    let when = status.stream.last_event_at.map_or_else(
        || "empty".to_owned(),
        |at| format!("last event {at} ({} ago)", seconds(now.duration_since(at).as_secs_f64())),
    );
    output::line(format_args!(
        "STREAM PROVISIONING  position {}  {when}\n",
        status.stream.position
    ));
    if let Some(lost) = &status.stream.lost {
        output::line(format_args!("LOST: {lost}\n"));
    }
    if let Some(Verified { position, at, damage: Some(damage) }) = &status.stream.verified {
        output::line(format_args!("DAMAGED after event {position}, as was found {at}: {damage}\n"));
    }
    let rows: Vec<_> = status.projections.iter().map(row).collect();
    output::table(&["PROJECTION", "POSITION", "LAG", "BEHIND", "UNKNOWN", "STATE"], &rows);
    if !status.alerts.is_empty() {
        output::line("");
        let rows: Vec<_> = status.alerts.iter().map(alert_row).collect();
        output::table(&["TENANT", "OPEN ALERT", "CAUSE", "PEOPLE", "HELD", "RAISED"], &rows);
    }
    if !status.attributes_not_kept.is_empty() {
        output::line("");
        let rows: Vec<_> = status.attributes_not_kept.iter().map(ignored_row).collect();
        output::table(&["TENANT", "ATTRIBUTE NOT KEPT", "TIMES", "LAST SENT"], &rows);
    }
}

fn row(projection: &ProjectionStatus) -> Vec<String> {
    vec![
        projection.projection.to_owned(),
        projection.position.to_string(),
        format!("{} events", projection.lag_events),
        seconds(projection.lag_seconds),
        projection.unknown_events.to_string(),
        projection.state.as_str().to_owned(),
    ]
}

fn alert_row(alert: &AlertStatus) -> Vec<String> {
    vec![
        alert.tenant.to_string(),
        alert.alert_id.to_string(),
        alert.cause.to_owned(),
        alert.people.to_string(),
        if alert.held { "yes" } else { "no" }.to_owned(),
        alert.raised_at.to_string(),
    ]
}

fn ignored_row(ignored: &IgnoredAttribute) -> Vec<String> {
    vec![
        ignored.tenant.to_string(),
        ignored.attribute.clone(),
        ignored.times.to_string(),
        ignored.last_sent_at.to_string(),
    ]
}

fn seconds(seconds: f64) -> String {
    format!("{seconds:.1} s")
}
