//! `/api/v1/{tenant}/subscribers/{name}/replays`: a subscriber has a part of the feed sent to it once more.
//!
//! It need not ask anybody, so it is bounded: an operator may replay more, and faster.

use access::{CommandError, RequestOrigin};
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts as RequestParts;
use eventlog::ids;
use events::{Door, EndedReplay, ReplayId, ReplayOutcome, Scope, StartedReplay, Tenant};
use jiff::Timestamp;
use roster::{Intent, Refusal, Replay, Roster, Subscriber};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::json_body::Body;
use web::{Permission, Principal, Problem, path_id};
use writer::Command;

use super::door::{PullDoor, holder};
use super::named::subscriber;
use super::page::PageError;
use super::replay_asked::{Asked, MOST, NewReplay, check};
use super::replay_state::{self, ReplayState};
use crate::part::{self, Part};

/// The holder of a living API token that may have events sent once more.
pub(crate) struct Replayer {
    tenant: Tenant,
    principal: Principal,
    origin: RequestOrigin,
}

impl FromRequestParts<PullDoor> for Replayer {
    type Rejection = CommandError;

    async fn from_request_parts(
        parts: &mut RequestParts,
        door: &PullDoor,
    ) -> Result<Self, CommandError> {
        let (tenant, principal) = holder(parts, door, Scope::EventsReplay).await?;
        Ok(Self { tenant, principal, origin: RequestOrigin::of(parts) })
    }
}

impl Replayer {
    /// Makes an intent true, in the name of who asks.
    async fn execute(&self, door: &PullDoor, intent: Intent) -> Result<(), CommandError> {
        let permission = Permission::Api(Scope::EventsReplay);
        let provenance = self.origin.provenance(&self.principal, &self.tenant, permission)?;
        let intent = move |_: &Roster| Ok::<_, CommandError>(intent.clone());
        door.access.writer().execute(Command::new(provenance, intent)).await?;
        Ok(())
    }
}

/// A replay that has begun, as it was planned.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlannedReplay {
    /// Which: the extension `replayid` of its events.
    replay_id: Uuid,
    /// The `ce-sequence` behind which it begins.
    after: u64,
    /// That of its last event.
    through: u64,
    /// How many events it has.
    events: u64,
    /// When the first of these happened.
    #[schema(value_type = Option<String>, format = DateTime)]
    first_at: Option<Timestamp>,
    /// When the last of these happened.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_at: Option<Timestamp>,
    /// Events a second at most.
    rate: u32,
    /// How many seconds it takes at least.
    seconds: u64,
}

/// The last replay of a subscriber.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReplayList {
    /// None, if there never was one; only the last is kept.
    replays: Vec<ReplayState>,
}

/// Replay events
///
/// A part of the feed is sent to the subscriber once more, beside what is new, with the same ids, and marked with
/// `replayid`. One at a time, 10,000 events of 50,000 that are looked at, and 50 a second at most; operators may
/// replay more.
#[utoipa::path(
    post,
    path = "/api/v1/{tenant}/subscribers/{name}/replays",
    operation_id = "startReplay",
    tag = "events",
    params(("name" = String, Path, description = "A subscriber with the door nats or webhook")),
    request_body = NewReplay,
    responses(
        (status = 201, description = "It has begun", body = PlannedReplay),
        (status = 404, description = "There is no such subscriber"),
        (status = 409, description = "A replay is under way, or nothing is sent to the subscriber: it is disabled, \
            or reads over HTTP"),
    ),
    security(("apiToken" = ["events:replay"])),
)]
pub(crate) async fn start(
    State(door): State<PullDoor>,
    caller: Replayer,
    Path(path): Path<(String, String)>,
    Body(new): Body<NewReplay>,
) -> Result<(StatusCode, Json<PlannedReplay>), CommandError> {
    let asked = Asked::try_from(new)?;
    let roster = door.access.current_roster().await?;
    let subscriber = subscriber(&roster, &caller.tenant, &path.1)?;
    may_begin(&caller.tenant, subscriber)?;
    let part = plan(&door, &caller.tenant, subscriber, &asked).await?;
    check(part)?;
    let Part { after, through, events, first_at, last_at, .. } = part;
    let Asked { facts, person, rate, .. } = asked;
    let (replay_id, subscriber_id) = (ReplayId(ids::uuid_v7()), subscriber.id);
    let started =
        StartedReplay { subscriber_id, replay_id, after, through, facts, person, rate, events };
    caller.execute(&door, Intent::StartReplay(started)).await?;
    let seconds = events.div_ceil(rate.into());
    let replay_id = replay_id.0;
    let planned =
        PlannedReplay { replay_id, after, through, events, first_at, last_at, rate, seconds };
    Ok((StatusCode::CREATED, Json(planned)))
}

/// Refuses, before anything is looked at, what the writer would refuse after it.
fn may_begin(tenant: &Tenant, subscriber: &Subscriber) -> Result<(), CommandError> {
    let name = &subscriber.name;
    match subscriber.door {
        Door::Nats | Door::Webhook { .. } => {}
        Door::Pull => return Err(Refusal::ReadsByItself(name.clone()).into()),
    }
    if let Some(Replay { id, after, through, events, started_at, .. }) = subscriber.replaying() {
        let first = after + 1;
        let why = format!(
            "the replay {id}, of {first} to {through} ({events} wanted), has been under way since {started_at}; \
             wait until it is at its end, or cancel it: DELETE /api/v1/{tenant}/subscribers/{name}/replays/{id}"
        );
        return Err(Problem::new(StatusCode::CONFLICT, why).into());
    }
    if subscriber.disabled.is_some() {
        return Err(Refusal::SubscriberDisabled(name.clone()).into());
    }
    Ok(())
}

async fn plan(
    door: &PullDoor,
    tenant: &Tenant,
    subscriber: &Subscriber,
    asked: &Asked,
) -> Result<Part, CommandError> {
    let chosen = (&asked.facts, asked.person);
    let is_part = |entity: &str, about: &str, fact: &str| {
        subscriber.wants(entity, fact) && roster::concerns(chosen, entity, about, fact)
    };
    let _turn = door.planning.lock().await;
    let part = part::part(&door.feed, tenant, asked.bounds, MOST, is_part).await;
    Ok(part.map_err(PageError::from)?)
}

/// Show replays
///
/// How far the last replay of a subscriber is, whoever began it.
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/subscribers/{name}/replays",
    operation_id = "listReplays",
    tag = "events",
    params(("name" = String, Path, description = "A subscriber of any door")),
    responses(
        (status = 200, description = "The last replay, if there ever was one", body = ReplayList),
        (status = 404, description = "There is no such subscriber"),
    ),
    security(("apiToken" = ["events:replay"])),
)]
pub(crate) async fn list(
    State(door): State<PullDoor>,
    caller: Replayer,
    Path(path): Path<(String, String)>,
) -> Result<Json<ReplayList>, CommandError> {
    let roster = door.access.current_roster().await?;
    let subscriber = subscriber(&roster, &caller.tenant, &path.1)?;
    let mut replays = vec![];
    if let Some(replay) = &subscriber.replay {
        replays.push(replay_state::of(&door, &caller.tenant, subscriber, replay).await?);
    }
    Ok(Json(ReplayList { replays }))
}

/// Cancel a replay
///
/// Nothing more of it is sent. One that is at its end stays as it is.
#[utoipa::path(
    delete,
    path = "/api/v1/{tenant}/subscribers/{name}/replays/{id}",
    operation_id = "cancelReplay",
    tag = "events",
    params(
        ("name" = String, Path, description = "A subscriber of any door"),
        ("id" = String, Path, description = "The replay's id", format = "uuid"),
    ),
    responses(
        (status = 204, description = "It is at its end"),
        (status = 404, description = "There is no such subscriber, or it has no such replay"),
    ),
    security(("apiToken" = ["events:replay"])),
)]
pub(crate) async fn cancel(
    State(door): State<PullDoor>,
    caller: Replayer,
    Path(path): Path<(String, String, String)>,
) -> Result<StatusCode, CommandError> {
    let replay_id: ReplayId = path_id("replay", &path.2)?;
    let roster = door.access.current_roster().await?;
    let subscriber_id = subscriber(&roster, &caller.tenant, &path.1)?.id;
    let outcome = ReplayOutcome::Cancelled;
    let ended = EndedReplay { subscriber_id, replay_id, outcome };
    caller.execute(&door, Intent::EndReplay(ended)).await?;
    Ok(StatusCode::NO_CONTENT)
}
