//! What the mass-change guard noticed.

use deadpool_postgres::GenericClient;
use events::{AlertId, RaisedAlert, TeamId, Tenant};
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::{Error, Row};
use utoipa::ToSchema;
use uuid::Uuid;

use projector::sql::{Page, QueryError, key, page};

use super::employees::{self, Employee};

/// All that is told of alerts, to which each question adds which of them.
macro_rules! alerts_where {
    ($which:literal) => {
        concat!(include_str!("../../sql/read/alert_select.sql"), "WHERE ", $which)
    };
}

const ALERT: &str = alerts_where!("a.tenant = $1 AND a.alert = $2");
/// A page of them, the last first.
const ALERTS: &str = alerts_where!(
    "a.tenant = $1 AND a.seq < $2 AND (a.decision IS NULL OR NOT $4) ORDER BY a.seq DESC LIMIT $3"
);
/// Everything that waits for somebody to decide, of all tenants: for operators.
const OPEN_ALERTS: &str = alerts_where!("a.decision IS NULL ORDER BY a.tenant, a.seq");

/// Too much that changed within too short a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    #[schema(value_type = Uuid)]
    pub id: AlertId,
    #[schema(value_type = String, format = DateTime)]
    pub raised_at: Timestamp,
    #[serde(flatten)]
    pub cause: AlertCause,
    /// How many people belong to it by now.
    #[schema(minimum = 0)]
    pub people: i64,
    /// How many of them it holds: whom a decision is about. None once somebody has decided.
    #[schema(minimum = 0)]
    pub held_people: i64,
    /// Who these are: the SHA-256 of their ids in order. It is another one as soon as one of them is another.
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    pub held_digest: String,
    /// Whether its people stay Active until somebody has decided.
    pub held: bool,
    /// How the guard was set.
    pub thresholds: Thresholds,
    /// Null while it is open.
    #[schema(required = true)]
    pub decision: Option<Decision>,
}

/// What was too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum AlertCause {
    /// Many people left.
    #[serde(rename_all = "camelCase")]
    #[schema(title = "DeactivationsAlert")]
    Deactivations {
        /// How many had left within the window when the alert was raised.
        deactivations: u32,
        /// How many would have been Active without them.
        active_before: u32,
    },
    /// A group lost its last member, or was deleted with its members.
    #[serde(rename_all = "camelCase")]
    #[schema(title = "GroupEmptiedAlert")]
    GroupEmptied {
        #[schema(value_type = Uuid)]
        team_id: TeamId,
        /// Whether the group itself is gone.
        deleted: bool,
    },
}

impl AlertCause {
    /// As it is called in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deactivations { .. } => "deactivations",
            Self::GroupEmptied { .. } => "group-emptied",
        }
    }
}

/// From when on changes are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Thresholds {
    pub deactivations: u32,
    pub percent: u32,
    pub window_minutes: u32,
}

/// What an administrator made of an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    #[schema(value_type = DecisionName)]
    pub decision: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The credential or operator that decided, by id.
    pub actor: String,
    #[schema(required = true)]
    pub reason: Option<String>,
}

/// Which decision it was.
#[derive(ToSchema)]
#[schema(as = DecisionKind, rename_all = "lowercase")]
#[expect(dead_code, reason = "read by the derive alone")]
enum DecisionName {
    /// What happened is right.
    Released,
    /// What happened is wrong.
    Reversed,
}

/// An alert that waits for somebody, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenAlert {
    pub tenant: Tenant,
    pub alert: Alert,
}

/// The alerts, the last first, with `open_only` those that wait for a decision; `after` is `next`
/// of the page before.
pub async fn alerts(
    client: &impl GenericClient,
    tenant: &Tenant,
    open_only: bool,
    after: Option<&str>,
    limit: u16,
) -> Result<Page<Alert>, QueryError> {
    let before = key(after, i64::MAX, |_| true)?;
    let one_more = i64::from(limit) + 1;
    let statement = client.prepare_cached(ALERTS).await?;
    let rows =
        client.query(&statement, &[&tenant.as_str(), &before, &one_more, &open_only]).await?;
    let found = rows.iter().map(|row| Ok((read(row)?, row.try_get::<_, i64>("seq")?)));
    Ok(page(found.collect::<Result<Vec<_>, Error>>()?, limit))
}

/// One alert.
pub async fn alert(
    client: &impl GenericClient,
    tenant: &Tenant,
    id: AlertId,
) -> Result<Option<Alert>, Error> {
    let statement = client.prepare_cached(ALERT).await?;
    let row = client.query_opt(&statement, &[&tenant.as_str(), &id.0]).await?;
    row.as_ref().map(read).transpose()
}

/// The people who belong to an alert, as they count now; `after` is `next` of the page before.
pub async fn alert_people(
    client: &impl GenericClient,
    tenant: &Tenant,
    id: AlertId,
    after: Option<&str>,
    limit: u16,
) -> Result<Page<Employee>, QueryError> {
    let after = key(after, Uuid::nil(), |_| true)?;
    let one_more = i64::from(limit) + 1;
    let statement = client.prepare_cached(include_str!("../../sql/read/alert_people.sql")).await?;
    let rows = client.query(&statement, &[&tenant.as_str(), &id.0, &after, &one_more]).await?;
    let found = rows.iter().map(|row| {
        let employee = employees::read(row)?;
        let key = employee.id.0;
        Ok((employee, key))
    });
    Ok(page(found.collect::<Result<Vec<_>, Error>>()?, limit))
}

/// All that waits for somebody to decide, of every tenant.
pub async fn open_alerts(client: &impl GenericClient) -> Result<Vec<OpenAlert>, Error> {
    let statement = client.prepare_cached(OPEN_ALERTS).await?;
    let rows = client.query(&statement, &[]).await?;
    rows.iter()
        .map(|row| {
            let slug: &str = row.try_get("tenant")?;
            let tenant = slug.parse().expect("the projection writes the slugs of the log");
            Ok(OpenAlert { tenant, alert: read(row)? })
        })
        .collect()
}

fn read(row: &Row) -> Result<Alert, Error> {
    let raised: serde_json::Value = row.try_get("raised")?;
    let raised: RaisedAlert =
        serde_json::from_value(raised).expect("the projection writes what it has read");
    Ok(Alert {
        id: AlertId(row.try_get("alert")?),
        raised_at: row.try_get("raised_at")?,
        cause: match raised.cause {
            events::AlertCause::Deactivations { deactivations, active_before } => {
                AlertCause::Deactivations { deactivations, active_before }
            }
            events::AlertCause::GroupEmptied { team_id, deleted } => {
                AlertCause::GroupEmptied { team_id, deleted }
            }
        },
        people: row.try_get("people")?,
        held_people: row.try_get("held_people")?,
        held_digest: row.try_get("held_digest")?,
        held: raised.held,
        thresholds: Thresholds {
            deactivations: raised.guard.deactivations,
            percent: raised.guard.percent,
            window_minutes: raised.guard.window_minutes,
        },
        decision: decision(row)?,
    })
}

fn decision(row: &Row) -> Result<Option<Decision>, Error> {
    let Some(decision) = row.try_get("decision")? else { return Ok(None) };
    Ok(Some(Decision {
        decision,
        at: row.try_get("decided_at")?,
        actor: row.try_get("decided_by")?,
        reason: row.try_get("reason")?,
    }))
}
