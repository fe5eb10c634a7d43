//! Which events decide what readers see of a person, by the same fold as `explain`. A row names the last
//! event that wrote it, which may have set another of its columns.

use std::collections::{BTreeMap, BTreeSet};

use events::{EmployeeId, Seq, TeamId, Tenant};
use projector::PersonDifference;

use crate::operations::Operations;
use crate::person::facts::Fact;
use crate::person::source::{SeeError, Source};
use crate::person::timeline::{Step, Timeline};

/// Of more people the events are those that their rows name.
const EXPLAINED: usize = 20;

/// By field of a person, the event that decided it last.
type Decided = BTreeMap<String, Seq>;

/// Names the events that decide the fields in which the first people differ, as of a position.
pub(crate) async fn name_events(
    ops: &Operations,
    people: &mut [PersonDifference],
    until: Seq,
) -> Result<(), SeeError> {
    for person in people.iter_mut().take(EXPLAINED) {
        let Ok(tenant) = person.tenant.parse::<Tenant>() else { continue };
        let employee = EmployeeId(person.employee);
        let source = Source::open(ops.log(), ops.database(), Some(&tenant)).await?;
        let events = source.gather(&tenant, employee).await?.events;
        let timeline = Timeline::of(&tenant, employee, events, Some(until));
        let fields = person.fields.iter().map(|field| field.field.as_str());
        person.events = told(person, &by_field(&timeline, fields));
    }
    Ok(())
}

fn by_field<'f>(timeline: &Timeline, fields: impl Iterator<Item = &'f str>) -> Decided {
    let last = |fact: &Fact| {
        let of = |step: &&Step| step.changes.iter().any(|change| change.fact == *fact);
        timeline.steps.iter().rfind(of).map(|step| step.event.seq)
    };
    fields.filter_map(|field| Some((field.to_owned(), last(&fact(field)?)?))).collect()
}

/// What a field of a read model is in the roster; none, if it is derived of several things.
fn fact(field: &str) -> Option<Fact> {
    match field.split_once(' ') {
        Some(("team", id)) => Some(Fact::Team(TeamId(id.parse().ok()?))),
        Some(_) => None,
        None => match field {
            "standing" | "left_at" => Some(Fact::Standing),
            "held_by" | "held_since" => Some(Fact::Held),
            "user_name" => Some(Fact::UserName),
            "external_id" => Some(Fact::ExternalId),
            "display_name" => Some(Fact::Attribute("displayName".to_owned())),
            "primary" => Some(Fact::PrimaryTeam),
            _derived => None,
        },
    }
}

/// The events that are told of a person: those that decide, and, where that is not known of a field, those
/// that the rows name.
fn told(person: &PersonDifference, decided: &Decided) -> Vec<Seq> {
    let all = person.fields.iter().all(|field| decided.contains_key(&field.field));
    let of_rows = person.events.iter().filter(|_| !all);
    let events: BTreeSet<Seq> = decided.values().chain(of_rows).copied().collect();
    events.into_iter().collect()
}
