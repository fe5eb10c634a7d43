//! What somebody did to the read models by hand: into tables they wrote, or to schemas.

use eventlog::sentence;
use projector::{Database, ReadModel, SlotRole};

use super::check::Check;
use crate::status::MAX_MARKS;

pub(super) async fn checks(database: &Database, projections: &[ReadModel]) -> Vec<Check> {
    vec![as_written(database, projections).await, strays(database, projections).await]
}

/// Whether nobody but the projections has written into the slots.
async fn as_written(database: &Database, projections: &[ReadModel]) -> Check {
    let name = "read-models.by-hand";
    let (mut of_live, mut of_others) = (vec![], vec![]);
    for ReadModel { name: projection, .. } in projections {
        let found = match projector::marks(database.pool(), projection, MAX_MARKS).await {
            Ok(found) => found,
            Err(error) => return Check::unreachable(name, &error),
        };
        for mark in found {
            let schema = mark.slot.schema(projection);
            let what = format!("{schema}.{} of {}, at {}", mark.table, mark.tenant, mark.at);
            if mark.slot == SlotRole::Live { &mut of_live } else { &mut of_others }.push(what);
        }
    }
    let written = |places: &[String]| {
        let more = match places.len() - 1 {
            0 => String::new(),
            more => format!(", and into {more} other tables or of other tenants"),
        };
        format!("somebody wrote by hand into {}{more}", places[0])
    };
    if !of_live.is_empty() {
        let remedy = "`rollcall verify PROJECTION` says whether readers see something wrong; `rollcall replay plan PROJECTION --tenant T` repairs it; and find out who did it";
        return Check::fail(name, written(&of_live), remedy);
    }
    if !of_others.is_empty() {
        let remedy = "readers do not see it: a cut-over or rollback to what was changed is refused; cancel the job of a candidate, and plan again";
        return Check::warn(name, written(&of_others), remedy);
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
