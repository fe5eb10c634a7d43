//! What readers see is also a matter of views: two slots of the same rows whose views differ show
//! something else, and no row tells of whom.

use std::collections::BTreeMap;

use tokio_postgres::{Error, GenericClient};

use crate::database::quoted;
use crate::differing::{Pair, Whose, about};
use crate::people::People;

/// Whether the slots derive the same from the same rows.
pub(crate) async fn views_differ(
    client: &impl GenericClient,
    pair: Pair<'_>,
) -> Result<bool, Error> {
    Ok(views(client, pair.here).await? != views(client, pair.there).await?)
}

/// The views of a slot, as Postgres writes them when names without a schema are the slot's.
async fn views(client: &impl GenericClient, slot: &str) -> Result<BTreeMap<String, String>, Error> {
    about(client, slot).await?;
    let question = "SELECT c.relname::text, pg_get_viewdef(c.oid)
                    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = $1 AND c.relkind = 'v'";
    let rows = client.query(question, &[&slot]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Collects everybody whom a row of either slot is about, of those who are meant.
pub(crate) async fn collect_everybody(
    client: &impl GenericClient,
    people: &People,
    pair: Pair<'_>,
    Whose { tenant, person }: Whose<'_>,
) -> Result<(), Error> {
    for of in people.rows.iter().filter(|of| of.of_person.is_some()) {
        let collect = format!(
            "INSERT INTO concerned_by
             SELECT DISTINCT r.tenant, p.employee, '{{}}'::bigint[]
             FROM {} r
             CROSS JOIN LATERAL ({}) AS p (employee)
             WHERE p.employee IS NOT NULL AND ($1::uuid IS NULL OR p.employee = $1)
                 AND ($2::text IS NULL OR r.tenant = $2)",
            quoted(of.table),
            of.people
        );
        for slot in [pair.here, pair.there] {
            about(client, slot).await?;
            client.execute(&collect, &[&person, &tenant]).await?;
        }
    }
    Ok(())
}
