//! What is sent, as the OpenAPI document describes it.

use utoipa::ToSchema;

/// Some events in a row: CloudEvents' JSON batch format.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by the derive alone")]
pub(crate) struct CloudEventBatch(Vec<CloudEvent>);

/// An event: CloudEvents 1.0, structured mode.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by the derive alone")]
pub(crate) struct CloudEvent {
    /// `1.0`.
    specversion: String,
    /// The same for the same event, however often it comes and through whichever door.
    id: String,
    /// `/rollcall/` and the tenant.
    source: String,
    /// `rollcall.employee.left` and so on: what is said of what.
    r#type: String,
    /// When it happened.
    #[schema(format = DateTime)]
    time: String,
    /// The id of the person, team, booking or alert.
    subject: String,
    /// `application/json`.
    datacontenttype: String,
    /// The name of the schema of `data`, with its version.
    dataschema: String,
    /// The tenant's own number of the event, 1 for the first, without gaps: 20 digits.
    sequence: String,
    /// Who caused it.
    actor: String,
    /// Which request caused it: the `X-Request-Id` of its answer.
    #[schema(nullable = false)]
    requestid: Option<String>,
    /// The W3C trace context of that request.
    #[schema(nullable = false)]
    traceparent: Option<String>,
    /// The thing after the event, as `dataschema` has it.
    #[schema(value_type = Object)]
    data: serde_json::Value,
}

/// A line of a snapshot; one field is there.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the derive alone")]
pub(crate) struct SnapshotLine {
    /// The first line.
    #[schema(nullable = false)]
    begin: Option<SnapshotBegin>,
    /// A team, as in the events of teams.
    #[schema(value_type = Option<Object>, nullable = false)]
    team: Option<serde_json::Value>,
    /// An alert, as in the events of alerts.
    #[schema(value_type = Option<Object>, nullable = false)]
    alert: Option<serde_json::Value>,
    /// A person, as in the events of people.
    #[schema(value_type = Option<Object>, nullable = false)]
    employee: Option<serde_json::Value>,
    /// A booking, as in the events of bookings.
    #[schema(value_type = Option<Object>, nullable = false)]
    booking: Option<serde_json::Value>,
    /// The last line: without it, the snapshot was cut off.
    #[schema(nullable = false)]
    end: Option<SnapshotEnd>,
}

/// What a snapshot begins with.
#[derive(serde::Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SnapshotBegin {
    /// Where in the feed everything is shown as it was: `after` of the events that come next.
    pub(crate) cursor: String,
    #[serde(flatten)]
    pub(crate) counts: Counts,
    /// Lines about things that are left out, as was asked.
    pub(crate) skipped: usize,
}

/// How many lines about things there are, those included that are skipped.
#[derive(Clone, Copy, Debug, serde::Serialize, ToSchema)]
pub(crate) struct Counts {
    /// Teams, which come first.
    pub(crate) teams: usize,
    /// Alerts, decided ones too.
    pub(crate) alerts: usize,
    /// People.
    pub(crate) employees: usize,
    /// Bookings, cancelled ones too.
    pub(crate) bookings: usize,
}

impl Counts {
    /// All of them.
    pub(crate) fn all(self) -> usize {
        self.teams + self.alerts + self.employees + self.bookings
    }
}

/// What a snapshot ends with.
#[derive(serde::Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SnapshotEnd {
    /// The same as in the first line.
    pub(crate) cursor: String,
    /// Lines about things, those included that were skipped.
    pub(crate) lines: usize,
}
