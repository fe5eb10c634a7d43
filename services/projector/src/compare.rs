//! Comparing two slots: row by row where the digests of a tenant's rows differ, and then by what
//! readers see of the people whom those rows concern.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use events::Seq;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Error, GenericClient, Row};
use uuid::Uuid;

use crate::comparison::{
    Comparison, FieldDifference, PeopleDifference, PersonDifference, RowDifference,
};
use crate::database::{quoted, seq_of};
use crate::differing::{Differing, DifferingRows, Pair, Whose, about, counts, differing_rows};
use crate::people::People;
use crate::slot_tables::list;
use crate::views::{collect_everybody, views_differ};

/// How many people are looked at in one go.
const PEOPLE_AT_ONCE: i64 = 500;
/// How many positions are told of one person or row.
const MAX_EVENTS: usize = 8;
/// What is shown of a value that is kept from operators.
const HIDDEN: &str = "(hidden)";

/// What is compared, and how much of it is told.
#[derive(Clone, Copy, Debug)]
pub struct Extent<'s> {
    /// One tenant's rows; none: all.
    pub tenant: Option<&'s str>,
    /// Of the tenant, one employee's rows.
    pub person: Option<Uuid>,
    /// How many people, and how many rows that are nobody's own, are told at most.
    pub told: usize,
}

/// Compares the rows of two slots of a projection. `client` must be within a transaction that sees
/// one moment, at which both are at the same position; it makes temporary tables, and moves the
/// search path.
pub async fn compare(
    client: &impl GenericClient,
    people: &People,
    here: &str,
    there: &str,
    extent: Extent<'_>,
) -> Result<Comparison, Error> {
    let pair = Pair { here, there };
    let whose = Whose { tenant: extent.tenant, person: extent.person };
    let Differing { tables: differing, only_here, only_there } =
        differing_rows(client, people, pair, whose).await?;
    let mut tables = Vec::new();
    for rows in &differing {
        tables.push(counts(client, rows).await?);
    }
    let tenants = tenants(client, &differing).await?;
    let things = if extent.person.is_none() {
        nobodys_rows(client, people, &differing, extent.told).await?
    } else {
        vec![]
    };
    // A slot of other rules may have other tables, so that what follows fails.
    client.batch_execute("SAVEPOINT people").await?;
    let found = async {
        concerned(client, people, pair, whose, &differing).await?;
        people_who_differ(client, people, pair, extent.told).await
    };
    let (people, of_one_person) = match found.await {
        Ok(people) => (Some(people), all_of_one_person(client).await?),
        Err(error) if lacks_something(&error) => {
            client.batch_execute("ROLLBACK TO people").await?;
            (None, false)
        }
        Err(error) => return Err(error),
    };
    Ok(Comparison { tables, only_here, only_there, tenants, of_one_person, people, things })
}

fn lacks_something(error: &Error) -> bool {
    let codes = [SqlState::UNDEFINED_TABLE, SqlState::UNDEFINED_COLUMN];
    error.code().is_some_and(|code| codes.contains(code))
}

/// The tenants of the rows that differ.
async fn tenants(
    client: &impl GenericClient,
    differing: &[DifferingRows],
) -> Result<Vec<String>, Error> {
    let mut tenants = BTreeSet::new();
    for DifferingRows { rows, .. } in differing {
        let question = format!("SELECT DISTINCT tenant FROM {rows}");
        for row in client.query(&question, &[]).await? {
            tenants.insert(row.try_get(0)?);
        }
    }
    Ok(tenants.into_iter().collect())
}

/// Whether the rows that differ concern one person only.
async fn all_of_one_person(client: &impl GenericClient) -> Result<bool, Error> {
    client.query_one("SELECT count(*) = 1 FROM concerned", &[]).await?.try_get(0)
}

/// The first rows that differ of tables whose rows are nobody's own.
async fn nobodys_rows(
    client: &impl GenericClient,
    people: &People,
    differing: &[DifferingRows],
    told: usize,
) -> Result<Vec<RowDifference>, Error> {
    let mut things = Vec::new();
    let nobodys = |table: &str| people.of(table).is_none_or(|of| of.of_person.is_none());
    for DifferingRows { table, rows, .. } in differing.iter().filter(|of| nobodys(&of.table.name)) {
        let key = table.key.iter().map(|column| format!("'{column}', {}", quoted(column)));
        let question = format!(
            "SELECT json_build_object({})::text AS key, in_here, in_there, events FROM {rows}
             ORDER BY {} LIMIT $1",
            key.collect::<Vec<_>>().join(", "),
            list("", &table.key)
        );
        let left = i64::try_from(told - things.len()).unwrap_or(i64::MAX);
        for row in client.query(&question, &[&left]).await? {
            things.push(RowDifference {
                table: table.name.clone(),
                key: row.try_get("key")?,
                in_here: row.try_get("in_here")?,
                in_there: row.try_get("in_there")?,
                events: events(&row)?,
            });
        }
    }
    Ok(things)
}

fn events(row: &Row) -> Result<Vec<Seq>, Error> {
    let mut seqs: Vec<i64> = row.try_get("events")?;
    // The last ones decide.
    seqs.sort_unstable();
    let skipped = seqs.len().saturating_sub(MAX_EVENTS);
    Ok(seqs.into_iter().skip(skipped).map(seq_of).collect())
}

/// Collects the people whom the rows that differ concern, by either slot, in a temporary table; and
/// everybody, if it is not the rows alone that make what readers see.
async fn concerned(
    client: &impl GenericClient,
    people: &People,
    pair: Pair<'_>,
    whose: Whose<'_>,
    differing: &[DifferingRows],
) -> Result<(), Error> {
    let make = "CREATE TEMP TABLE concerned_by (tenant text, employee uuid, events bigint[])
                ON COMMIT DROP";
    client.batch_execute(make).await?;
    for DifferingRows { table, rows, .. } in differing {
        let Some(of) = people.of(&table.name) else { continue };
        let collect = format!(
            "INSERT INTO concerned_by
             SELECT r.tenant, p.employee, d.events
             FROM {rows} d
             JOIN {} r USING ({})
             CROSS JOIN LATERAL ({}) AS p (employee)
             WHERE p.employee IS NOT NULL AND ($1::uuid IS NULL OR p.employee = $1)",
            quoted(&table.name),
            list("", &table.key),
            of.people
        );
        for slot in [pair.here, pair.there] {
            about(client, slot).await?;
            client.execute(&collect, &[&whose.person]).await?;
        }
    }
    if views_differ(client, pair).await? {
        collect_everybody(client, people, pair, whose).await?;
    }
    let each = "CREATE TEMP TABLE concerned ON COMMIT DROP AS
                SELECT tenant, employee, array_remove(array_agg(DISTINCT seq), NULL) AS events
                FROM concerned_by LEFT JOIN LATERAL unnest(events) AS seq ON true
                GROUP BY tenant, employee;
                ALTER TABLE concerned ADD PRIMARY KEY (tenant, employee)";
    client.batch_execute(each).await
}

/// Asks both slots what readers see of the people concerned, some at a time.
async fn people_who_differ(
    client: &impl GenericClient,
    people: &People,
    pair: Pair<'_>,
    told: usize,
) -> Result<PeopleDifference, Error> {
    let next = "SELECT tenant, employee, events FROM concerned WHERE (tenant, employee) > ($1, $2)
                ORDER BY tenant, employee LIMIT $3";
    let mut found = PeopleDifference::default();
    let mut last = (String::new(), Uuid::nil());
    loop {
        let rows = client.query(next, &[&last.0, &last.1, &PEOPLE_AT_ONCE]).await?;
        let mut by_tenant: BTreeMap<String, Vec<(Uuid, Vec<Seq>)>> = BTreeMap::new();
        for row in &rows {
            let (tenant, employee): (String, Uuid) =
                (row.try_get("tenant")?, row.try_get("employee")?);
            by_tenant.entry(tenant.clone()).or_default().push((employee, events(row)?));
            last = (tenant, employee);
        }
        for (tenant, employees) in by_tenant {
            let ids: Vec<Uuid> = employees.iter().map(|(employee, _)| *employee).collect();
            let mut here = seen(client, people, pair.here, &tenant, &ids).await?;
            let mut there = seen(client, people, pair.there, &tenant, &ids).await?;
            for (employee, events) in employees {
                let (here, there) = (here.remove(&employee), there.remove(&employee));
                let fields = fields(&here.unwrap_or_default(), &there.unwrap_or_default());
                if fields.is_empty() {
                    continue;
                }
                found.changed += 1;
                let kinds: BTreeSet<&str> =
                    fields.iter().filter_map(|f| f.field.split(' ').next()).collect();
                for kind in kinds {
                    *found.fields.entry(kind.to_owned()).or_default() += 1;
                }
                if found.first.len() < told {
                    let tenant = tenant.clone();
                    found.first.push(PersonDifference { tenant, employee, fields, events });
                }
            }
        }
        if rows.is_empty() {
            return Ok(found);
        }
    }
}

/// A field's value, and whether it is kept from operators.
type Fields = BTreeMap<String, (String, bool)>;

async fn seen(
    client: &impl GenericClient,
    people: &People,
    slot: &str,
    tenant: &str,
    employees: &[Uuid],
) -> Result<HashMap<Uuid, Fields>, Error> {
    about(client, slot).await?;
    let mut found: HashMap<Uuid, Fields> = HashMap::new();
    for row in client.query(people.seen, &[&tenant, &employees]).await? {
        let Some(value) = row.try_get::<_, Option<String>>("value")? else { continue };
        let of = found.entry(row.try_get("employee")?).or_default();
        of.insert(row.try_get("field")?, (value, row.try_get("personal")?));
    }
    Ok(found)
}

/// The fields that differ.
fn fields(here: &Fields, there: &Fields) -> Vec<FieldDifference> {
    let names: BTreeSet<&String> = here.keys().chain(there.keys()).collect();
    let value = |of: &Fields, name: &String| {
        let (value, personal) = of.get(name)?;
        Some(if *personal { HIDDEN.to_owned() } else { value.clone() })
    };
    let differ = names.into_iter().filter(|name| here.get(*name) != there.get(*name));
    differ
        .map(|name| FieldDifference {
            field: name.clone(),
            here: value(here, name),
            there: value(there, name),
        })
        .collect()
}
