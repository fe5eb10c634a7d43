//! The schema of a slot: making it, finding it, dropping it.

use deadpool_postgres::{ClientWrapper, Transaction};
use eventlog::ids;
use events::{Digest, Position, Seq};
use tokio_postgres::GenericClient;
use uuid::Uuid;

use crate::contract::Projection;
use crate::database::quoted;
use crate::digests;
use crate::error::ProjectorError;
use crate::parking::PARKED_TABLES;
use crate::scope::Scope;
use crate::slot::{SlotRole, lock_key, scratch_schema};
use crate::structure;
use crate::tenancy;

/// The checkpoint's table.
pub(crate) const TABLE: &str = "checkpoint";
/// The name of that table in older releases.
pub(crate) const OLDER_TABLE: &str = "bookmark";
const CHECKPOINT: &str = include_str!("../sql/checkpoint.sql");
const FIND: &str = include_str!("../sql/find_checkpoint.sql");
const OLDER: &str = include_str!("../sql/is_older_checkpoint.sql");
const WHOLE: &str = include_str!("../sql/is_whole.sql");
const START: &str = include_str!("../sql/start_checkpoint.sql");

/// What a slot is made for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Making {
    pub(crate) scope: Scope,
    /// The job that wants it; none: a release needs it.
    pub(crate) job: Option<String>,
}

/// What was found in a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// A read model that these rules made, by its id.
    Ours(Uuid),
    /// One that other rules made.
    Foreign,
    /// One that these rules made, and that lacks a table.
    Broken,
    /// None.
    Missing,
}

/// The digest of what makes the rows of `P`: the tables and the rules.
pub(crate) fn made_by<P: Projection>() -> Digest {
    let made = [
        CHECKPOINT,
        PARKED_TABLES,
        P::TABLES,
        P::INDEXES,
        digests::MAKE,
        structure::TABLE,
        P::RULES,
    ];
    Digest::of(made.concat().as_bytes())
}

/// Looks for a read model in `slot`, and makes one if there is none and `making` says what for: from
/// a log that ends at `end`. Whatever stands there is left as it is, apart from one of an older
/// release that readers of this one cannot read.
pub(crate) async fn open<P: Projection>(
    client: &mut ClientWrapper,
    slot: &str,
    end: Seq,
    making: Option<&Making>,
) -> Result<Opened, ProjectorError> {
    let tx = client.transaction().await?;
    // Dropping a large read model can take longer than any other statement may.
    tx.batch_execute("SET LOCAL statement_timeout = 0").await?;
    lock_structure(&tx, P::NAME).await?;
    let there = exists(&*tx, slot, TABLE).await?;
    // Without its row the checkpoint says nothing, and the rows beside it are worth nothing.
    let lost = there && !has_row(&*tx, slot).await?;
    if !there || lost {
        let Some(making) = making else { return Ok(Opened::Missing) };
        let replaced = if lost {
            Some("has lost its checkpoint")
        } else if is_of_older_release(&*tx, slot).await? {
            Some("was made by an older release")
        } else {
            None
        };
        if let Some(why) = replaced {
            tracing::warn!(slot, why, "{BUILT_ANEW}");
            drop_schema(&tx, slot).await?;
        } else {
            tracing::info!(slot, "{}", purpose::<P>(slot));
        }
        make::<P>(&tx, slot, end, making).await?;
    }
    // Another release's checkpoint may have other columns.
    let question = format!(
        "SELECT (to_jsonb(c)->>'slot_id')::uuid,
                decode(substr(to_jsonb(c)->>'made_by', 3), 'hex') = $1
         FROM {}.{TABLE} c",
        quoted(slot)
    );
    let row = tx.query_one(&question, &[&made_by::<P>().0.as_slice()]).await?;
    let (Some(slot_id), Some(true)) =
        (row.try_get::<_, Option<Uuid>>(0)?, row.try_get::<_, Option<bool>>(1)?)
    else {
        return Ok(Opened::Foreign);
    };
    if !is_whole(&*tx, slot).await? {
        return Ok(Opened::Broken);
    }
    tx.batch_execute(&format!("SET search_path TO {}", quoted(slot))).await?;
    tenancy::separate(&tx).await?;
    tx.commit().await?;
    Ok(Opened::Ours(slot_id))
}

/// What is being done where a read model is made.
fn purpose<P: Projection>(slot: &str) -> &'static str {
    if slot == scratch_schema(P::NAME) {
        "folding the log once more, to verify the live read model by it; it is dropped afterwards"
    } else {
        "building a read model from the log"
    }
}

/// Gives the slot of a release that parked nothing the empty tables that readers of this one ask:
/// they would take it for one that is not there.
pub(crate) async fn add_parked_tables(
    client: &mut ClientWrapper,
    projection: &str,
    slot: &str,
) -> Result<(), tokio_postgres::Error> {
    let tx = client.transaction().await?;
    lock_structure(&tx, projection).await?;
    if exists(&*tx, slot, "parked_keys").await? {
        return Ok(());
    }
    tx.batch_execute(&format!("SET LOCAL search_path TO {}", quoted(slot))).await?;
    tx.batch_execute(PARKED_TABLES).await?;
    tenancy::separate(&tx).await?;
    tx.commit().await
}

/// Fails when the read model, or a part of it, is gone.
pub(crate) async fn check(client: &ClientWrapper, slot: &str) -> Result<(), ProjectorError> {
    if exists(&**client, slot, TABLE).await? && is_whole(&**client, slot).await? {
        Ok(())
    } else {
        Err(ProjectorError::Dropped { slot: slot.to_owned() })
    }
}

/// Lets nobody else make, switch or drop the projection's slots until the transaction ends.
pub(crate) async fn lock_structure(
    tx: &Transaction<'_>,
    projection: &str,
) -> Result<(), tokio_postgres::Error> {
    let key = lock_key(&format!("slots of {projection}"));
    tx.execute("SELECT pg_advisory_xact_lock($1)", &[&key]).await?;
    Ok(())
}

/// The slots of a projection that have a table of this name, each with its schema: by one question.
pub(crate) async fn slots_with(
    client: &impl GenericClient,
    projection: &str,
    table: &str,
) -> Result<Vec<(SlotRole, String)>, tokio_postgres::Error> {
    let schemas = SlotRole::ALL.map(|role| role.schema(projection));
    let question =
        "SELECT array_agg(to_regclass(quote_ident(schema) || '.' || quote_ident($2)) IS NOT NULL)
                    FROM unnest($1::text[]) AS schema";
    let there = client.query_one(question, &[&schemas.as_slice(), &table]).await?;
    let there: Vec<bool> = there.try_get(0)?;
    let slots = SlotRole::ALL.into_iter().zip(schemas).zip(there);
    Ok(slots.filter(|(_, there)| *there).map(|(slot, _)| slot).collect())
}

/// Whether there is such a table in the schema.
pub(crate) async fn exists(
    client: &impl GenericClient,
    slot: &str,
    table: &str,
) -> Result<bool, tokio_postgres::Error> {
    let table = format!("{}.{table}", quoted(slot));
    client.query_one(FIND, &[&table]).await?.try_get(0)
}

/// Whether the checkpoint's table, which must exist, holds a checkpoint.
async fn has_row(client: &impl GenericClient, slot: &str) -> Result<bool, tokio_postgres::Error> {
    let question = format!("SELECT EXISTS (SELECT FROM {}.{TABLE})", quoted(slot));
    client.query_one(&question, &[]).await?.try_get(0)
}

/// Whether the schema holds a read model of a release that gave the checkpoint's table another name.
/// A table of that name without the checkpoint's columns is not one of ours, and is left alone.
async fn is_of_older_release(
    client: &impl GenericClient,
    slot: &str,
) -> Result<bool, tokio_postgres::Error> {
    let table = format!("{}.{OLDER_TABLE}", quoted(slot));
    client.query_one(OLDER, &[&table]).await?.try_get(0)
}

/// Drops a slot with all that is in it.
pub(crate) async fn drop_schema(
    tx: &Transaction<'_>,
    slot: &str,
) -> Result<(), tokio_postgres::Error> {
    tx.batch_execute(&format!("DROP SCHEMA IF EXISTS {} CASCADE", quoted(slot))).await
}

/// Whether all tables and views that were made with the checkpoint still exist. The checkpoint must
/// exist.
pub(crate) async fn is_whole(
    client: &impl GenericClient,
    slot: &str,
) -> Result<bool, tokio_postgres::Error> {
    let question = format!("{WHOLE}{}.checkpoint", quoted(slot));
    client.query_one(&question, &[&quoted(slot)]).await?.try_get(0)
}

/// What is logged when a read model is made anew.
const BUILT_ANEW: &str = "the read model is built anew from the log, and reads of it are answered \
                          503 until it has seen what there is";

/// Makes the schema with its tables and a checkpoint at the start of the log.
async fn make<P: Projection>(
    tx: &Transaction<'_>,
    slot: &str,
    end: Seq,
    making: &Making,
) -> Result<(), ProjectorError> {
    let made: Result<(), tokio_postgres::Error> = async {
        let name = quoted(slot);
        tx.batch_execute(&format!("CREATE SCHEMA {name}; SET LOCAL search_path TO {name}")).await?;
        tx.batch_execute(CHECKPOINT).await?;
        tx.batch_execute(PARKED_TABLES).await?;
        tx.batch_execute(P::TABLES).await?;
        tx.batch_execute(digests::MAKE).await?;
        tx.batch_execute(structure::TABLE).await?;
        structure::keep(&**tx, slot).await?;
        if end == Position::START.seq {
            // There is nothing to be built.
            structure::add_indexes(&**tx, slot, P::INDEXES).await?;
        }
        let chain = Position::START.chain;
        let Making { scope, job } = making;
        let tenant = scope.tenant().map(|tenant| tenant.as_str().to_owned());
        tx.execute(
            START,
            &[
                &ids::uuid_v7(),
                &chain.0.as_slice(),
                &made_by::<P>().0.as_slice(),
                &i64::try_from(end.0).expect("no log has so many events"),
                &tenant,
                &scope.person(),
                job,
            ],
        )
        .await?;
        Ok(())
    }
    .await;
    let failed = |source: tokio_postgres::Error| ProjectorError::Schema {
        slot: slot.to_owned(),
        source: source.into(),
    };
    made.map_err(failed)
}
