//! What operators are told of a person: the documented answers.

use events::{EmployeeId, Event, Recorded, Seq, TeamId, Tenant};
use jiff::Timestamp;
use roster::{Origin, Rank};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::because::because;
use super::facts::{Fact, team_name};
use super::mask::Mask;
use super::source::Gathered;
use super::timeline::{Change, Timeline};
use crate::moment::Moment;

/// An event that concerns a person, without what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct EventRef {
    /// Its position in the log.
    pub(crate) position: u64,
    /// Its type, like `user.created`.
    pub(crate) event: String,
    /// When it happened.
    pub(crate) at: Timestamp,
    /// The request that caused it, if it tells one.
    pub(crate) request: Option<String>,
    /// Who caused it: `credential:ID`, `operator`, `portal:ID`.
    pub(crate) actor: String,
}

impl EventRef {
    pub(crate) fn of(event: &Recorded) -> Self {
        Self {
            position: event.seq.0,
            event: type_of(&event.event),
            at: event.envelope.time,
            request: event.envelope.request.clone(),
            actor: event.envelope.actor.to_string(),
        }
    }
}

/// The type of an event; one of a later release says it itself.
pub(crate) fn type_of(event: &Event) -> String {
    match (event.kind(), event) {
        (None, Event::Unknown { name }) => name.clone(),
        (kind, _) => kind.map(events::EventKind::name).unwrap_or_default(),
    }
}

/// How far the log was read for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct AsOf {
    /// The moment that was asked about; absent for now.
    pub(crate) time: Option<Timestamp>,
    /// The log up to here was looked at, whatever part of the directory is asked about. It is where the
    /// log ended, if it was asked about now.
    pub(crate) position: u64,
    /// How far the index of `activity` was; events behind that were read from the log itself.
    pub(crate) indexed_to: u64,
    /// How many events concern the person, up to that moment.
    pub(crate) events: usize,
    /// The first event that concerns the person, also if it happened later.
    pub(crate) first: Option<EventRef>,
    /// Positions that are empty since the person's events there were erased.
    pub(crate) erased: Vec<u64>,
}

/// One thing that is known about a person, and what made it so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ExplainedFact {
    /// `standing`, `held`, the name of an attribute as SCIM has it, `resource ID`, `booking ID`.
    pub(crate) fact: String,
    /// The value; personal ones are masked unless the answer says `revealed`.
    pub(crate) value: Value,
    /// The event that made it so.
    pub(crate) set_by: EventRef,
}

/// A team that counts for a person, and what made it so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ExplainedTeam {
    /// The team.
    pub(crate) team_id: TeamId,
    /// What it is called.
    pub(crate) name: String,
    /// `primary` or `additional`.
    pub(crate) rank: String,
    /// `synced` or `local`.
    pub(crate) origin: String,
    /// The event with which the membership began.
    pub(crate) since: Option<EventRef>,
    /// The event that made the team count for the person as it does, or named it so.
    pub(crate) set_by: EventRef,
    /// Which rule chose it; for the Primary team only.
    pub(crate) because: Option<String>,
}

/// What is known about a person at one moment, and what made it so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Explanation {
    /// Whose directory the person is in.
    pub(crate) tenant: Tenant,
    /// The person.
    pub(crate) employee_id: EmployeeId,
    /// Whether there was such a person at that moment.
    pub(crate) known: bool,
    /// Whether personal values are shown as they are.
    pub(crate) revealed: bool,
    /// How far the log was read.
    pub(crate) as_of: AsOf,
    /// The event that erased the person, if they were.
    pub(crate) erased_by: Option<EventRef>,
    /// Everything but teams.
    pub(crate) facts: Vec<ExplainedFact>,
    /// The teams that count, the Primary one first.
    pub(crate) teams: Vec<ExplainedTeam>,
}

/// What an event changed about a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct HistoryChange {
    /// What: as in `facts` of an explanation, and `primary team`, `team ID`.
    pub(crate) fact: String,
    /// The value before; absent if there was none.
    pub(crate) before: Option<Value>,
    /// The value after; absent if there is none.
    pub(crate) after: Option<Value>,
}

/// An event that concerns a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct HistoryStep {
    /// The event.
    #[serde(flatten)]
    pub(crate) event: EventRef,
    /// What it changed about the person; nothing, if it is about one of their groups only.
    pub(crate) changes: Vec<HistoryChange>,
}

/// All that happened to a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct History {
    /// Whose directory the person is in.
    pub(crate) tenant: Tenant,
    /// The person.
    pub(crate) employee_id: EmployeeId,
    /// Whether personal values are shown as they are.
    pub(crate) revealed: bool,
    /// How far the log was read.
    pub(crate) as_of: AsOf,
    /// The events, the first one first.
    pub(crate) steps: Vec<HistoryStep>,
}

fn as_of(gathered: &Gathered, timeline: &Timeline, moment: Option<Moment>) -> AsOf {
    let read_to = gathered.read_to;
    AsOf {
        time: moment.map(|moment| moment.time),
        position: moment.map_or(read_to, |moment| moment.position.min(read_to)).0,
        indexed_to: gathered.indexed_to.0,
        events: timeline.steps.len(),
        first: gathered.events.first().map(EventRef::of),
        erased: gathered.erased.iter().map(|seq| seq.0).collect(),
    }
}

/// Explains a person as of a moment, or as of now.
pub(crate) fn explain(
    tenant: &Tenant,
    employee: EmployeeId,
    gathered: &Gathered,
    moment: Option<Moment>,
    mask: Mask,
) -> Explanation {
    let until = moment.map(|moment| moment.position);
    let timeline = Timeline::of(tenant, employee, gathered.events.clone(), until);
    let facts = timeline.facts.iter().filter(|(fact, _)| !is_of_teams(fact));
    let facts = facts.map(|(fact, (value, step))| ExplainedFact {
        fact: fact.name(),
        value: shown(fact, value, mask),
        set_by: EventRef::of(&timeline.steps[*step].event),
    });
    let erased = timeline.steps.iter().rev().map(|step| &step.event);
    let mut erased = erased.filter(|event| matches!(event.event, Event::UserErased(_)));
    Explanation {
        tenant: tenant.clone(),
        employee_id: employee,
        known: timeline.facts.contains_key(&Fact::Standing),
        revealed: mask == Mask::Revealed,
        as_of: as_of(gathered, &timeline, moment),
        erased_by: erased.next().map(EventRef::of),
        facts: facts.collect(),
        teams: teams(&timeline),
    }
}

/// All that happened to a person, or up to a moment.
pub(crate) fn history(
    tenant: &Tenant,
    employee: EmployeeId,
    gathered: &Gathered,
    moment: Option<Moment>,
    mask: Mask,
) -> History {
    let until = moment.map(|moment| moment.position);
    let timeline = Timeline::of(tenant, employee, gathered.events.clone(), until);
    let change = |Change { fact, before, after }: &Change| HistoryChange {
        fact: fact.name(),
        before: before.as_ref().map(|value| shown(fact, value, mask)),
        after: after.as_ref().map(|value| shown(fact, value, mask)),
    };
    let steps = timeline.steps.iter().map(|step| HistoryStep {
        event: EventRef::of(&step.event),
        changes: step.changes.iter().map(change).collect(),
    });
    History {
        tenant: tenant.clone(),
        employee_id: employee,
        revealed: mask == Mask::Revealed,
        as_of: as_of(gathered, &timeline, moment),
        steps: steps.collect(),
    }
}

fn shown(fact: &Fact, value: &Value, mask: Mask) -> Value {
    if fact.is_personal() { mask.shown(value) } else { value.clone() }
}

fn is_of_teams(fact: &Fact) -> bool {
    matches!(fact, Fact::Team(_) | Fact::PrimaryTeam)
}

fn teams(timeline: &Timeline) -> Vec<ExplainedTeam> {
    let Some(tenant) = timeline.tenant() else { return vec![] };
    let primary = tenant.primary_of(timeline.employee);
    let event_at = |seq: Seq| {
        let step = timeline.steps.binary_search_by_key(&seq, |step| step.event.seq).ok()?;
        Some(EventRef::of(&timeline.steps[step].event))
    };
    let teams = tenant.teams_of(timeline.employee).into_iter();
    let explained = teams.filter_map(|team| {
        let fact = match team.rank {
            Rank::Primary => Fact::PrimaryTeam,
            Rank::Additional => Fact::Team(team.team),
        };
        let (_, step) = timeline.facts.get(&fact)?;
        Some(ExplainedTeam {
            team_id: team.team,
            name: team_name(tenant, team.team).unwrap_or_default().to_owned(),
            rank: match team.rank {
                Rank::Primary => "primary",
                Rank::Additional => "additional",
            }
            .to_owned(),
            origin: match team.origin {
                Origin::Synced => "synced",
                Origin::Local => "local",
            }
            .to_owned(),
            since: event_at(team.since),
            set_by: EventRef::of(&timeline.steps[*step].event),
            because: primary
                .filter(|(primary, _)| primary.team == team.team)
                .map(|(primary, rule)| because(timeline, primary, rule)),
        })
    });
    explained.collect()
}
