//! Where the events of one person come from: the index says where they are, and the log what they
//! say. What the index does not have yet is looked for in the log itself, so that an answer never
//! misses anything.

use std::collections::BTreeSet;

use activity::Activity;
use activity::queries::{mentioned_in, mentions, read_to};
use deadpool_postgres::Client;
use directory::Directory;
use eventlog::{AtPosition, Entry, Log, ReadError};
use events::{EmployeeId, Entity, Recorded, Seq, Tenant};
use projector::parked::{self, ParkedError, Which};
use projector::sql::QueryError;
use projector::{Database, Projection as _};
use tokio_postgres::error::SqlState;
use uuid::Uuid;

use super::gathering::Gathering;
use super::tail::{Tail, read};
use crate::status::MAX_PARKED;

/// The events that concern a person.
#[derive(Debug)]
pub(crate) struct Gathered {
    /// In the order of the log.
    pub(crate) events: Vec<Recorded>,
    /// Positions that are empty since the events there were erased.
    pub(crate) erased: BTreeSet<Seq>,
    /// Nothing up to here was left out.
    pub(crate) read_to: Seq,
    /// How far the index was.
    pub(crate) indexed_to: Seq,
}

/// Why nothing can be said about a person.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeeError {
    #[error(
        "nobody is known by that; give the employee id, a SCIM id, the external id or the user name \
         that they have now"
    )]
    Nobody,
    #[error(
        "{} people are known by that: {}; say which by --tenant and the employee id",
        .0.len(), several(.0)
    )]
    Several(Vec<(Tenant, EmployeeId)>),
    #[error("read the log")]
    Log(#[from] ReadError),
    #[error("borrow a connection to Postgres")]
    Pool(#[from] deadpool_postgres::PoolError),
    #[error("ask what is parked")]
    Parked(#[from] ParkedError),
    #[error("ask the read models")]
    Database(#[from] QueryError),
}

impl From<tokio_postgres::Error> for SeeError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error.into())
    }
}

fn several(found: &[(Tenant, EmployeeId)]) -> String {
    let one = |(tenant, employee): &(Tenant, EmployeeId)| format!("{employee} of {tenant}");
    found.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The log and the index of it, at one moment.
pub(crate) struct Source<'l> {
    log: &'l Log,
    client: Client,
    indexed_to: Seq,
    tail: Tail,
}

impl<'l> Source<'l> {
    /// Looks how far the index is, and reads what is behind it.
    pub(crate) async fn open(
        log: &'l Log,
        database: &Database,
        tenant: Option<&Tenant>,
    ) -> Result<Self, SeeError> {
        let client = database.pool().get().await?;
        projector::search_in(&client, &[Activity::NAME, Directory::NAME]).await?;
        let indexed_to = match read_to(&client).await {
            Ok(seq) => seq,
            // Nobody has built it.
            Err(error) if is_missing(&error) => Seq(0),
            Err(error) => return Err(error.into()),
        };
        let mut tail = Tail::read(log, indexed_to, tenant).await?;
        // What the index could not take in is looked for as what it has not seen yet.
        let which = Which::default();
        let parked = parked::list(database.pool(), Activity::NAME, &which, MAX_PARKED).await?;
        let parked: Vec<Seq> = parked.into_iter().map(|one| one.position).collect();
        tail.take_parked(log.read_at(&parked).await?)?;
        Ok(Self { log, client, indexed_to, tail })
    }

    /// The one person whom a text means: an employee id, the id of a SCIM resource, an external id, or a
    /// user name.
    pub(crate) async fn find(
        &self,
        tenant: Option<&Tenant>,
        text: &str,
    ) -> Result<(Tenant, EmployeeId), SeeError> {
        let mut found = BTreeSet::new();
        if let Ok(id) = text.parse::<Uuid>() {
            for tenant in self.tenants_of(tenant, id).await? {
                found.extend(self.whose(&tenant, id).await?.map(|employee| (tenant, employee)));
            }
        }
        if found.is_empty() {
            found.extend(directory::queries::find_person(&self.client, tenant, text).await?);
        }
        let mut found: Vec<_> = found.into_iter().collect();
        match found.len() {
            0 => Err(SeeError::Nobody),
            1 => Ok(found.remove(0)),
            _ => Err(SeeError::Several(found)),
        }
    }

    async fn tenants_of(
        &self,
        tenant: Option<&Tenant>,
        id: Uuid,
    ) -> Result<BTreeSet<Tenant>, SeeError> {
        if let Some(tenant) = tenant {
            return Ok(BTreeSet::from([tenant.clone()]));
        }
        let mut tenants: BTreeSet<Tenant> = self.tail.mentioned_in(id).cloned().collect();
        if self.indexed_to > Seq(0) {
            tenants.extend(mentioned_in(&self.client, id).await?);
        }
        Ok(tenants)
    }

    /// The person whose id or resource an id is: their own events say so.
    async fn whose(&self, tenant: &Tenant, id: Uuid) -> Result<Option<EmployeeId>, SeeError> {
        let positions = self.positions(tenant, &[id]).await?;
        // What groups say of an id that nobody has yet comes before its person does.
        for some in positions.chunks(32) {
            for found in self.log.read_at(some).await? {
                if let AtPosition::Event(entry) = found
                    && let Some(employee) = own(&entry, id)?
                {
                    return Ok(Some(employee));
                }
            }
        }
        Ok(None)
    }

    /// All events that concern a person.
    pub(crate) async fn gather(
        self,
        tenant: &Tenant,
        employee: EmployeeId,
    ) -> Result<Gathered, SeeError> {
        let mut gathering = Gathering::of(employee);
        let mut erased = BTreeSet::new();
        loop {
            let ids = gathering.next_ids();
            if ids.is_empty() {
                break;
            }
            let mut positions = self.positions(tenant, &ids).await?;
            positions.retain(|seq| !gathering.has(*seq) && !erased.contains(seq));
            for found in self.log.read_at(&positions).await? {
                match found {
                    AtPosition::Event(entry) => gathering.take(read(&entry)?),
                    AtPosition::Erased(seq) => {
                        erased.insert(seq);
                    }
                }
            }
        }
        let (read_to, indexed_to) = (self.tail.read_to, self.indexed_to);
        Ok(Gathered { events: gathering.finish(), erased, read_to, indexed_to })
    }

    /// Where any of these ids is mentioned, in the order of the log.
    async fn positions(&self, tenant: &Tenant, ids: &[Uuid]) -> Result<Vec<Seq>, SeeError> {
        let mut positions = self.tail.mentions(tenant, ids);
        if self.indexed_to > Seq(0) {
            let indexed = mentions(&self.client, tenant, ids).await?;
            // The index may have gone on since; nothing of that is to be half there.
            positions.extend(indexed.into_iter().filter(|seq| *seq <= self.tail.read_to));
        }
        Ok(positions.into_iter().collect())
    }
}

/// The person whose own event this is, if they have this id or this resource.
fn own(entry: &Entry, id: Uuid) -> Result<Option<EmployeeId>, ReadError> {
    let mut tokens = entry.subject().split('.').skip(2);
    if tokens.next() != Some(Entity::User.as_str()) {
        return Ok(None);
    }
    let theirs = activity::mentions(&read(entry)?.event).contains(&id);
    Ok(tokens.next().filter(|_| theirs).and_then(|employee| employee.parse().ok()))
}

fn is_missing(error: &QueryError) -> bool {
    match error {
        QueryError::Database(error) => error.code() == Some(&SqlState::UNDEFINED_TABLE),
        QueryError::BadCursor(_) => false,
    }
}
