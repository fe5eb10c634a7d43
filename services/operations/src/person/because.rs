//! Why a team is somebody's Primary, in words.

use events::{Event, Recorded, TeamId};
use roster::{EffectiveTeam, Origin, PrimaryRule};
use serde_json::Value;

use super::facts::{Fact, team_name};
use super::timeline::{Step, Timeline};

/// Which part of the rule found the Primary team, what it looked at, and how the team came to be it.
pub(crate) fn because(timeline: &Timeline, primary: EffectiveTeam, rule: PrimaryRule) -> String {
    let counted = |origin| {
        let teams = timeline.tenant().map(|tenant| tenant.teams_of(timeline.employee));
        teams.into_iter().flatten().filter(|team| team.origin == origin).count()
    };
    let since = primary.since;
    let found = match rule {
        PrimaryRule::Chosen => match chosen(timeline, primary.team) {
            Some(event) => format!(
                "chosen by {} with event {}, and the person is in it",
                event.envelope.actor, event.seq
            ),
            None => "chosen by an administrator, and the person is in it".to_owned(),
        },
        PrimaryRule::FirstSynced => match counted(Origin::Synced) {
            1 => format!("first synced group: the only synced membership, since event {since}"),
            count => format!(
                "first synced group: the earliest of {count} synced memberships, since event {since}"
            ),
        },
        PrimaryRule::OldestLocal => match counted(Origin::Local) {
            1 => format!("no synced group counts; the only local team, since event {since}"),
            count => format!(
                "no synced group counts; the oldest of {count} local teams, since event {since}"
            ),
        },
    };
    match (rule, took_over(timeline, primary.team)) {
        (PrimaryRule::FirstSynced | PrimaryRule::OldestLocal, Some(before)) => {
            format!("{found}; {before}")
        }
        (PrimaryRule::Chosen, _) | (_, None) => found,
    }
}

/// The event by which the team was chosen.
fn chosen(timeline: &Timeline, team: TeamId) -> Option<&Recorded> {
    let events = timeline.steps.iter().rev().map(|step| &step.event);
    events.into_iter().find(|event| {
        matches!(&event.event, Event::UserPrimaryChosen(body)
            if body.employee_id == timeline.employee && body.team_id == team)
    })
}

/// What was Primary before, if something was, and what became of that.
fn took_over(timeline: &Timeline, team: TeamId) -> Option<String> {
    let (_, step) = timeline.facts.get(&Fact::PrimaryTeam)?;
    let step = &timeline.steps[*step];
    let change = step.changes.iter().find(|change| change.fact == Fact::PrimaryTeam)?;
    let before: TeamId = serde_json::from_value(change.before.clone()?).ok()?;
    if before == team {
        return None;
    }
    let name = ended_name(step, before);
    let event = step.event.seq;
    Some(match name {
        Some(name) => format!(
            "it took over with event {event}, when the Primary before, {name:?}, ended: the oldest \
             that is left"
        ),
        None => {
            let name = timeline.tenant().and_then(|tenant| team_name(tenant, before));
            format!(
                "it took over with event {event} from {:?}, which counts still",
                name.unwrap_or_default()
            )
        }
    })
}

/// The name of a team that ended with a step.
fn ended_name(step: &Step, team: TeamId) -> Option<String> {
    let ended = step.changes.iter().find(|change| change.fact == Fact::Team(team))?;
    match (&ended.before, &ended.after) {
        (Some(Value::Object(before)), None) => {
            Some(before.get("name").and_then(Value::as_str).unwrap_or_default().to_owned())
        }
        (_, _) => None,
    }
}
