//! What a slot is made of, and what somebody altered of it by hand.
//!
//! Each slot keeps what the catalog told of it when it was made, so that one of another release is held
//! against its own tables. An index or a table more harms nobody. A constraint, a trigger or a column more
//! does: events fail by it, or rows are not what was written.

use std::collections::BTreeSet;

use deadpool_postgres::Pool;
use events::Digest;
use tokio_postgres::{Error, GenericClient};

use crate::database::{WaitError, quoted};
use crate::schema;
use crate::slot::SlotRole;

/// The table that keeps it.
const NAME: &str = "structure";
/// How it is made.
pub(crate) const TABLE: &str = include_str!("../sql/structure_table.sql");
/// What the catalog tells of a slot.
const CATALOGUE: &str = include_str!("../sql/catalogue.sql");

/// What is made of what: a relation, and a thing of it.
type Things = BTreeSet<(String, String)>;

/// What is not as it was made in the slots of a projection, in words; of slots that are there.
pub async fn altered_slots(
    pool: &Pool,
    projection: &str,
) -> Result<Vec<(SlotRole, Vec<String>)>, WaitError> {
    let client = pool.get().await?;
    let mut found = Vec::new();
    for (role, schema) in schema::slots_with(&**client, projection, NAME).await? {
        let altered = kept_and_found(&**client, &schema).await?;
        if !altered.is_empty() {
            found.push((role, altered));
        }
    }
    Ok(found)
}

/// What is not as it was made in schema `slot`, in words. Nothing is known of a slot that keeps no such
/// table, or one by other questions than this release's.
pub async fn altered(client: &impl GenericClient, slot: &str) -> Result<Vec<String>, Error> {
    if !schema::exists(client, slot, NAME).await? {
        return Ok(vec![]);
    }
    kept_and_found(client, slot).await
}

/// The same of a slot that has the table.
async fn kept_and_found(client: &impl GenericClient, slot: &str) -> Result<Vec<String>, Error> {
    let kept = format!("SELECT relation, thing FROM {}.structure", quoted(slot));
    let mut made = things(&client.query(&kept, &[]).await?)?;
    if !made.remove(&asked()) {
        return Ok(vec![]);
    }
    let found = things(&client.query(CATALOGUE, &[&slot]).await?)?;
    Ok(words(&made, &found))
}

/// Keeps what the catalog tells of a slot that was just made.
pub(crate) async fn keep(client: &impl GenericClient, slot: &str) -> Result<(), Error> {
    let fill = format!("INSERT INTO {}.structure {CATALOGUE}", quoted(slot));
    client.execute(&fill, &[&slot]).await?;
    let (relation, thing) = asked();
    let sign = format!("INSERT INTO {}.structure VALUES ($1, $2)", quoted(slot));
    client.execute(&sign, &[&relation, &thing]).await?;
    Ok(())
}

/// Makes these indexes in a slot in which the session searches, and keeps that they belong to it.
pub(crate) async fn add_indexes(
    client: &impl GenericClient,
    slot: &str,
    indexes: &str,
) -> Result<(), Error> {
    client.batch_execute(indexes).await?;
    let add = format!(
        "INSERT INTO {}.structure SELECT relation, thing FROM ({CATALOGUE}) AS told
         WHERE thing LIKE 'index %' OR thing LIKE 'unique index %'
         ON CONFLICT DO NOTHING",
        quoted(slot)
    );
    client.execute(&add, &[&slot]).await?;
    Ok(())
}

/// Names the question by which a slot's structure was kept: another one has other answers.
fn asked() -> (String, String) {
    (String::new(), Digest::of(CATALOGUE.as_bytes()).to_string())
}

fn things(rows: &[tokio_postgres::Row]) -> Result<Things, Error> {
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// How what is found differs from what was made: what other things follow from comes first.
fn words(made: &Things, found: &Things) -> Vec<String> {
    let relations = |things: &Things| -> BTreeSet<String> {
        things.iter().map(|(relation, _)| relation.clone()).collect()
    };
    let there = relations(found);
    let (mut missing, mut columns, mut others) = (vec![], vec![], vec![]);
    for relation in relations(made) {
        if !there.contains(&relation) {
            missing.push(format!("{relation} is missing"));
            continue;
        }
        let only = |things: &Things, others: &Things| -> Vec<String> {
            let only = things.difference(others).filter(|(of, _)| *of == relation);
            only.map(|(_, thing)| thing.clone()).collect()
        };
        let (mut lacks, mut has) = (only(made, found), only(found, made));
        // What is made of a column that is another one is another one too.
        let is_column = |thing: &String| thing.starts_with("column ");
        let words = if lacks.iter().chain(&has).any(is_column) {
            lacks.retain(is_column);
            has.retain(is_column);
            &mut columns
        } else {
            &mut others
        };
        words.extend(lacks.iter().map(|thing| lacking(&relation, thing)));
        words.extend(has.iter().filter_map(|thing| additional(&relation, thing)));
    }
    [missing, columns, others].concat()
}

fn lacking(relation: &str, thing: &str) -> String {
    match thing.split_once(' ') {
        Some(("definition", _)) => format!("{relation} is defined otherwise"),
        Some(("order", _)) => format!("{relation} has its columns in another order"),
        Some(_) | None => format!("{relation} lacks {}", named(thing)),
    }
}

/// What there is more than was made, if it does harm.
fn additional(relation: &str, thing: &str) -> Option<String> {
    match thing.split_once(' ') {
        Some(("index" | "definition" | "order", _)) => None,
        Some(_) | None => {
            Some(format!("{relation} has {} that was not made with it", named(thing)))
        }
    }
}

/// A thing without the digest of what a trigger does.
fn named(thing: &str) -> &str {
    if thing.starts_with("trigger ") {
        thing.rsplit_once(' ').map_or(thing, |(named, _)| named)
    } else {
        thing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn things(of: &[(&str, &str)]) -> Things {
        of.iter().map(|(relation, thing)| ((*relation).to_owned(), (*thing).to_owned())).collect()
    }

    fn altered(made: &[(&str, &str)], found: &[(&str, &str)]) -> Vec<String> {
        words(&things(made), &things(found))
    }

    #[test]
    fn a_table_that_is_gone_is_told_once() {
        let made = [("teams", "table"), ("teams", "column team uuid"), ("resources", "table")];
        assert_eq!(altered(&made, &made[2..]), ["teams is missing"]);
    }

    #[test]
    fn of_a_column_that_is_another_one_nothing_is_told_that_follows_from_it() {
        let made = [("teams", "column name text"), ("teams", "order name"), ("v", "definition 1")];
        let found =
            [("teams", "column label text"), ("teams", "order label"), ("v", "definition 1")];
        let told = altered(&made, &found);
        assert_eq!(
            told,
            [
                "teams lacks column name text",
                "teams has column label text that was not made with it"
            ]
        );
    }

    #[test]
    fn an_index_or_a_table_more_harms_nobody_and_a_trigger_or_a_constraint_more_does() {
        let made = [("teams", "table")];
        let found = [
            ("teams", "constraint CHECK (false)"),
            ("teams", "index USING btree (name)"),
            ("teams", "table"),
            ("teams", "trigger refuse 0123"),
            ("notes", "table"),
        ];
        let told = altered(&made, &found);
        assert_eq!(
            told,
            [
                "teams has constraint CHECK (false) that was not made with it",
                "teams has trigger refuse that was not made with it"
            ]
        );
        assert_eq!(
            altered(&found, &made)[..2],
            ["notes is missing", "teams lacks constraint CHECK (false)"]
        );
    }
}
