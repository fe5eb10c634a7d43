//! A look at the slots of a projection, whoever keeps them.

use std::time::Duration;

use deadpool_postgres::Pool;
use events::{Chain, Digest, Position, Seq};
use jiff::Timestamp;
use tokio_postgres::error::SqlState;
use tokio_postgres::{GenericClient, Row};
use uuid::Uuid;

use crate::database::{WaitError, chain_of, quoted, seq_of};
use crate::schema::{TABLE, slots_with};
use crate::scope::Scope;
use crate::slot::SlotRole;

/// Who keeps a slot is there if it was heard of within this time.
pub(crate) const ATTENDED: Duration = Duration::from_secs(30);

/// The slots of a projection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slots {
    /// The one that is read.
    pub live: Option<SlotPeek>,
    /// The one that is being built.
    pub candidate: Option<SlotPeek>,
    /// The one that was live before.
    pub previous: Option<SlotPeek>,
}

/// A slot at one moment, as its checkpoint tells.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing of its own")]
pub struct SlotPeek {
    /// What it is for.
    pub role: SlotRole,
    /// What names it whatever it is for; none, if a release made it that knew of no slots.
    pub slot_id: Option<Uuid>,
    /// The last event in it, and the chain up to that.
    pub position: Seq,
    /// The chain up to that event.
    pub chain: Chain,
    /// When that event happened.
    pub event_at: Option<Timestamp>,
    /// How many events were passed over because the projection did not know them.
    pub unknown: u64,
    /// What it must have seen before it is read.
    pub goal: Seq,
    /// The digest of the tables and rules that made it.
    pub made_by: Digest,
    /// Whose events are in it.
    pub scope: Scope,
    /// The job that wanted it; none, if a release needed it.
    pub job: Option<String>,
    /// Why it stands still, if whoever keeps it says so.
    pub halted: Option<String>,
    /// When it was made, if that is known.
    pub made_at: Option<Timestamp>,
    /// Whether it was made a few seconds ago, by the database's clock.
    pub fresh: bool,
    /// When it was moved last.
    pub moved_at: Option<Timestamp>,
    /// Until when it is kept, if it was live before.
    pub kept_until: Option<Timestamp>,
    /// Whether that is past, by the database's clock.
    pub expired: bool,
    /// Whether an operator went back to it, so that nobody leaves it by himself.
    pub pinned: bool,
    /// How long ago the one who keeps it was heard of, by the database's clock.
    pub lease_age: Option<Duration>,
    /// What made the slots that were live before it.
    pub superseded: Vec<Digest>,
    /// Whether all its tables are there.
    pub whole: bool,
}

impl Slots {
    /// The slot that is for this.
    pub fn get(&self, role: SlotRole) -> Option<&SlotPeek> {
        match role {
            SlotRole::Live => self.live.as_ref(),
            SlotRole::Candidate => self.candidate.as_ref(),
            SlotRole::Previous => self.previous.as_ref(),
        }
    }

    /// All slots that are there.
    pub fn iter(&self) -> impl Iterator<Item = &SlotPeek> {
        SlotRole::ALL.into_iter().filter_map(|role| self.get(role))
    }
}

impl SlotPeek {
    /// Whether it is still being built, and of no use to readers.
    pub fn building(&self) -> bool {
        self.position < self.goal
    }

    /// Whether somebody keeps it in step with the log.
    pub fn attended(&self) -> bool {
        self.lease_age.is_some_and(|age| age < ATTENDED)
    }

    /// Where it is in the log.
    pub fn log_position(&self) -> Position {
        Position { seq: self.position, chain: self.chain }
    }

    fn of(role: SlotRole, row: &Row) -> Result<Self, tokio_postgres::Error> {
        let digest = |bytes: &[u8]| Digest(bytes.try_into().unwrap_or([0; 32]));
        let superseded: Vec<Vec<u8>> = row.try_get("superseded")?;
        let lease_age: Option<f64> = row.try_get("lease_age")?;
        Ok(Self {
            role,
            slot_id: row.try_get("slot_id")?,
            position: seq_of(row.try_get("seq")?),
            chain: chain_of(row.try_get("chain")?),
            event_at: row.try_get("event_at")?,
            unknown: u64::try_from(row.try_get::<_, i64>("unknown")?).unwrap_or_default(),
            goal: seq_of(row.try_get("goal")?),
            made_by: digest(row.try_get::<_, Option<&[u8]>>("made_by")?.unwrap_or_default()),
            scope: Scope::of_columns(row.try_get("of_tenant")?, row.try_get("of_person")?),
            job: row.try_get("job")?,
            halted: row.try_get("halted")?,
            made_at: row.try_get("made_at")?,
            fresh: row.try_get("fresh")?,
            moved_at: row.try_get("moved_at")?,
            kept_until: row.try_get("kept_until")?,
            expired: row.try_get("expired")?,
            pinned: row.try_get("pinned")?,
            lease_age: lease_age.map(|age| Duration::from_secs_f64(age.max(0.0))),
            superseded: superseded.iter().map(|bytes| digest(bytes)).collect(),
            whole: row.try_get("whole")?,
        })
    }
}

/// Looks at the slots of a projection. A slot that is switched meanwhile may be seen in two places;
/// who switches looks again under the lock.
pub async fn slots(pool: &Pool, projection: &str) -> Result<Slots, WaitError> {
    let client = pool.get().await?;
    Ok(look(&**client, projection).await?)
}

/// The same on a connection that is there.
pub(crate) async fn look(
    client: &impl GenericClient,
    projection: &str,
) -> Result<Slots, tokio_postgres::Error> {
    let mut found = SlotRole::ALL.map(|_| None);
    for (role, schema) in slots_with(client, projection, TABLE).await? {
        found[role as usize] = peek(client, role, &schema).await?;
    }
    let [live, candidate, previous] = found;
    Ok(Slots { live, candidate, previous })
}

/// Looks at the slot in a schema whose checkpoint was seen; none, if it is gone since.
async fn peek(
    client: &impl GenericClient,
    role: SlotRole,
    schema: &str,
) -> Result<Option<SlotPeek>, tokio_postgres::Error> {
    let schema = quoted(schema);
    let question = format!("{} {schema}.{TABLE} c", include_str!("../sql/peek_slot.sql"));
    match client.query_opt(&question, &[&schema]).await {
        Ok(row) => row.map(|row| SlotPeek::of(role, &row)).transpose(),
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Ok(None),
        Err(error) => Err(error),
    }
}
