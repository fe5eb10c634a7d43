//! What somebody did to the read models by hand: into tables they wrote, or to schemas.

use eventlog::sentence;
use jiff::Timestamp;
use projector::{Database, Mark, ReadModel, SlotRole};

use super::check::Check;
use crate::status::MAX_MARKS;
use crate::way_back::KEPT;

pub(super) async fn checks(database: &Database, projections: &[ReadModel]) -> Vec<Check> {
    vec![
        as_made(database, projections).await,
        as_written(database, projections).await,
        strays(database, projections).await,
    ]
}

/// Whether the tables of every slot are as its release made them.
async fn as_made(database: &Database, projections: &[ReadModel]) -> Check {
    let name = "read-models.tables";
    let mut altered = Vec::new();
    for ReadModel { name: projection, .. } in projections {
        match projector::altered_slots(database.pool(), projection).await {
            Ok(found) => altered.extend(found.into_iter().map(|found| (*projection, found))),
            Err(error) => return Check::unreachable(name, &error),
        }
    }
    let told = |role: SlotRole| {
        let of_role = altered.iter().filter(|(_, (of, _))| *of == role);
        let slots = of_role.map(|(projection, (role, what))| {
            let more = match what.len() - 1 {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            format!("{}: {}{more}", role.schema(projection), what[0])
        });
        slots.collect::<Vec<_>>().join("; ")
    };
    let [live, candidate, previous] = SlotRole::ALL.map(told);
    if !live.is_empty() {
        let remedy = "an event or a reader fails by it: `rollcall replay plan PROJECTION`, run and cut over, makes the tables anew; and find out who altered them";
        return Check::fail(name, format!("altered by hand: {live}"), remedy);
    }
    if !candidate.is_empty() {
        let remedy = "readers do not see it, and a cut-over to it is refused: cancel its job (`rollcall replay list`) and plan again";
        return Check::warn(name, format!("altered by hand: {candidate}"), remedy);
    }
    if !previous.is_empty() {
        let remedy = "readers do not see it, and nobody can go back to it: to undo the last cut-over, `rollcall replay plan PROJECTION` shows what the log says; the next cut-over replaces the slot";
        return Check::warn(name, format!("altered by hand: {previous}"), remedy);
    }
    Check::ok(name, "the tables of every slot are as they were made")
}

/// Whether nobody but the projections has written into the slots.
async fn as_written(database: &Database, projections: &[ReadModel]) -> Check {
    let name = "read-models.by-hand";
    let mut found = Vec::new();
    for ReadModel { name: projection, .. } in projections {
        let marks = projector::marks(database.pool(), projection, MAX_MARKS).await;
        let slots = projector::slots(database.pool(), projection).await;
        let (marks, slots) = match (marks, slots) {
            (Ok(marks), Ok(slots)) => (marks, slots),
            (Err(error), _) | (_, Err(error)) => return Check::unreachable(name, &error),
        };
        let kept_until = slots.previous.and_then(|slot| slot.kept_until);
        found.extend(marks.into_iter().map(|mark| (*projection, mark, kept_until)));
    }
    of_marks(name, &found)
}

/// A mark of a projection, with the time until which its previous slot is kept.
type Marked = (&'static str, Mark, Option<Timestamp>);

fn of_marks(name: &str, found: &[Marked]) -> Check {
    let written = |places: &[&Marked]| {
        let (projection, mark, _) = places[0];
        let more = match places.len() - 1 {
            0 => String::new(),
            more => format!(", and into {more} other tables or of other tenants"),
        };
        let schema = mark.slot.schema(projection);
        format!(
            "somebody wrote by hand into {schema}.{} of {}, at {}{more}",
            mark.table, mark.tenant, mark.at
        )
    };
    let of = |role: SlotRole| found.iter().filter(move |(_, mark, _)| mark.slot == role);
    let live: Vec<&Marked> = of(SlotRole::Live).collect();
    if !live.is_empty() {
        let remedy = "`rollcall verify PROJECTION` says whether readers see something wrong; `rollcall replay plan PROJECTION --tenant T` repairs it; and find out who did it";
        return Check::fail(name, written(&live), remedy);
    }
    let candidate: Vec<&Marked> = of(SlotRole::Candidate).collect();
    if !candidate.is_empty() {
        let remedy = "readers do not see it, and a cut-over to it is refused: cancel its job (`rollcall replay list`), and plan again";
        return Check::warn(name, written(&candidate), remedy);
    }
    // What was changed while readers saw it was repaired by the cut-over that made the slot the previous one.
    let since = |(_, mark, kept_until): &&Marked| {
        kept_until.is_none_or(|kept_until| mark.at > kept_until - KEPT)
    };
    let previous: Vec<&Marked> = of(SlotRole::Previous).filter(since).collect();
    if !previous.is_empty() {
        let remedy = "readers do not see it, and a rollback to it is refused unless somebody says --even-if-changed; the next cut-over replaces the slot, or it is dropped when its time is over";
        return Check::warn(name, written(&previous), remedy);
    }
    if of(SlotRole::Previous).next().is_some() {
        return Check::ok(
            name,
            "nobody but the projections has written into what readers see; what was changed by hand \
             before the last cut-over is in the previous slot, and goes with it",
        );
    }
    Check::ok(name, "nobody but the projections has written into the read models")
}

/// Whether each schema that looks like a slot is one.
async fn strays(database: &Database, projections: &[ReadModel]) -> Check {
    let name = "read-models.strays";
    let known: Vec<String> = projections
        .iter()
        .flat_map(|model| SlotRole::ALL.map(|role| role.schema(model.name)))
        .collect();
    let names: Vec<&str> = projections.iter().map(|model| model.name).collect();
    let asked = async {
        let client = database.pool().get().await.map_err(|error| sentence(&error))?;
        let question = include_str!("../../sql/stray_slots.sql");
        let rows = client.query(question, &[&known, &names]).await;
        let rows = rows.map_err(|error| sentence(&error))?;
        rows.iter().map(|row| row.try_get(0).map_err(|error| sentence(&error))).collect()
    };
    let asked: Result<Vec<String>, String> = asked.await;
    match asked {
        Ok(found) if found.is_empty() => {
            Check::ok(name, "no schema looks like a slot of a read model and belongs to none")
        }
        Ok(found) => Check::warn(
            name,
            format!("like slots, and of no use to any projection: {}", found.join(", ")),
            "somebody renamed or copied a slot: nobody keeps or reads these; see that nothing is kept in them, then DROP SCHEMA … CASCADE",
        ),
        Err(why) => {
            Check::warn(name, format!("it cannot be seen: {why}"), "see postgres.reachable")
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn of_what_was_changed_by_hand_it_is_advised_about_the_slot_that_has_it() {
        let cut_over: Timestamp = "2026-11-29T12:00:00Z".parse().expect("a time");
        let told = |slot, minutes| {
            let at = cut_over + SignedDuration::from_mins(minutes);
            let (tenant, table) = ("acme".to_owned(), "members".to_owned());
            let mark = Mark { slot, tenant, table, at };
            let check = of_marks("read-models.by-hand", &[("teams", mark, Some(cut_over + KEPT))]);
            (check.verdict, check.remedy.unwrap_or_default())
        };
        assert_eq!(told(SlotRole::Live, -5).0, Verdict::Fail);
        let (verdict, remedy) = told(SlotRole::Candidate, 5);
        assert!(verdict == Verdict::Warn && remedy.contains("cancel its job"), "{remedy}");
        let (verdict, remedy) = told(SlotRole::Previous, 5);
        assert!(verdict == Verdict::Warn && remedy.contains("rollback"), "{remedy}");
        assert!(!remedy.contains("cancel"), "{remedy}");
        assert_eq!(told(SlotRole::Previous, -5).0, Verdict::Ok, "the cut-over repaired it");
    }
}
