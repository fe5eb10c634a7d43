//! Connections to Postgres, where read models live.

mod probe;
mod sql_error;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    ClientWrapper, Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError,
    RecyclingMethod, Runtime, Transaction,
};
use events::{Chain, Seq};
use tokio::time::Instant;
use tokio_postgres::error::SqlState;

pub use probe::Probe;
pub use sql_error::SqlError;
pub use tls::DatabaseUrlError;
use tls::Server;

/// How long a connection may take: from the pool, or to a server that is only just starting.
const POOL_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a peer that has vanished may leave data unacknowledged, or a connection idle, before it
/// counts as gone.
const PEER_TIMEOUT: Duration = Duration::from_secs(10);

/// What holds for every connection: how long a statement, a wait for a lock and a transaction that
/// does nothing may take. Projections set bounds of their own.
const SESSION_SETTINGS: &str = include_str!("../sql/bounds.sql");

/// A pool of connections to one database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    pool: Pool,
    server: Arc<Server>,
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL cannot be used.
    #[error(transparent)]
    Url(#[from] DatabaseUrlError),
    /// The pool's settings do not fit together.
    #[error("set up a pool of connections")]
    Pool(#[source] deadpool_postgres::BuildError),
    /// No connection could be made.
    #[error("connect to Postgres; does it run where the database URL says?")]
    Unreachable(#[source] PoolError),
}

/// Why read models did not get as far as a reader needs.
#[derive(Debug, thiserror::Error)]
pub enum WaitError {
    /// They are not there in time.
    #[error("the read models have reached event {reached} and not yet {wanted}; try again shortly")]
    TooLate {
        /// The event that had to be seen.
        wanted: Seq,
        /// How far the slowest is.
        reached: Seq,
    },
    /// The pool gave no connection.
    #[error("borrow a connection to ask how far the read models are")]
    Connect(#[from] PoolError),
    /// The question failed.
    #[error("ask how far the read models are")]
    Ask(#[source] SqlError),
}

impl From<tokio_postgres::Error> for WaitError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Ask(error.into())
    }
}

impl Database {
    /// Connects to the database that `url` names, by TCP or by Unix socket.
    pub async fn connect(url: &str, size: usize) -> Result<Self, DatabaseError> {
        let mut server = tls::read_url(url)?;
        let config = &mut server.config;
        config
            .connect_timeout(POOL_TIMEOUT)
            .tcp_user_timeout(PEER_TIMEOUT)
            .keepalives_idle(PEER_TIMEOUT / 2)
            .keepalives_interval(Duration::from_secs(2))
            .keepalives_retries(3);
        // How Postgres shows us to its operator, who may want to tell one process from another.
        if config.get_application_name().is_none() {
            config.application_name("rollcall");
        }
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let bounded = Hook::async_fn(|client: &mut ClientWrapper, _| {
            Box::pin(async {
                client.batch_execute(SESSION_SETTINGS).await.map_err(HookError::Backend)
            })
        });
        let pool = Pool::builder(Manager::from_config(
            server.config.clone(),
            server.tls.clone(),
            recycling,
        ))
        .max_size(size)
        .post_create(bounded)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(POOL_TIMEOUT))
        .create_timeout(Some(POOL_TIMEOUT))
        .build()
        .map_err(DatabaseError::Pool)?;
        let deadline = Instant::now() + POOL_TIMEOUT;
        loop {
            match pool.get().await {
                Ok(_) => return Ok(Self { pool, server: Arc::new(server) }),
                Err(_) if Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(error) => return Err(DatabaseError::Unreachable(error)),
            }
        }
    }

    /// The pool.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// A connection of one's own: it never goes back to the pool, so what holds for its session (a
    /// lock, a search path) ends with it.
    pub(crate) async fn own_connection(&self) -> Result<ClientWrapper, PoolError> {
        Ok(Object::take(self.pool.get().await?))
    }
}

/// Waits until all these projections, by the names of their schemas, have applied event `wanted`.
/// Returns how far the slowest is.
pub async fn wait_for_position(
    pool: &Pool,
    schemas: &[&str],
    wanted: Seq,
    timeout: Duration,
) -> Result<Seq, WaitError> {
    let deadline = Instant::now() + timeout;
    let mut pause = Duration::from_millis(1);
    loop {
        let reached = slowest(pool, schemas).await?;
        if reached >= wanted {
            return Ok(reached);
        }
        if Instant::now() >= deadline {
            return Err(WaitError::TooLate { wanted, reached });
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// How far the slowest of these projections is; nowhere, when one is not there yet.
async fn slowest(pool: &Pool, schemas: &[&str]) -> Result<Seq, WaitError> {
    let checkpoints: Vec<String> = schemas
        .iter()
        .map(|schema| format!("SELECT seq FROM {}.checkpoint", quoted(schema)))
        .collect();
    let question =
        format!("SELECT min(seq) FROM ({}) AS checkpoints", checkpoints.join(" UNION ALL "));
    let client = pool.get().await?;
    let answer = async {
        let statement = client.prepare_cached(&question).await?;
        client.query_one(&statement, &[]).await?.try_get::<_, Option<i64>>(0)
    };
    match answer.await {
        Ok(seq) => Ok(seq.map_or(Seq(0), seq_of)),
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Ok(Seq(0)),
        Err(error) => Err(error.into()),
    }
}

/// What a transaction sees of read models: whether they may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readable<'s> {
    /// This one is still being built, so that nobody may read it. One that another release made counts
    /// as well, and one that is not there.
    Unbuilt(&'s str),
    /// All are built.
    Built {
        /// How far the slowest of them is. A slot that is switched to may be behind what was live.
        reached: Seq,
        /// Whether events wait in one of them, so that some of what is read may be out of date.
        parked: bool,
    },
}

/// Whether these read models may be read, as a transaction sees them.
pub async fn readable<'s>(
    tx: &Transaction<'_>,
    schemas: &[&'s str],
) -> Result<Readable<'s>, tokio_postgres::Error> {
    let of_each = |question: &dyn Fn(String) -> String| {
        schemas.iter().map(|schema| question(quoted(schema))).collect::<Vec<_>>()
    };
    let built = of_each(&|slot| format!("(SELECT seq >= goal FROM {slot}.checkpoint)"));
    let reached = of_each(&|slot| format!("(SELECT seq FROM {slot}.checkpoint)"));
    let parked = of_each(&|slot| format!("EXISTS (SELECT FROM {slot}.parked_keys)"));
    let question = format!(
        "SELECT ARRAY[{}]::boolean[], least({}), {}",
        built.join(", "),
        reached.join(", "),
        parked.join(" OR ")
    );
    let answer = async {
        let statement = tx.prepare_cached(&question).await?;
        let row = tx.query_one(&statement, &[]).await?;
        let built = row.try_get::<_, Vec<Option<bool>>>(0)?;
        let reached = row.try_get::<_, Option<i64>>(1)?.map_or(Seq(0), seq_of);
        Ok((built, Readable::Built { reached, parked: row.try_get(2)? }))
    };
    match answer.await {
        Ok((built, readable)) => Ok(schemas
            .iter()
            .zip(built)
            .find_map(|(schema, built)| (built != Some(true)).then_some(Readable::Unbuilt(schema)))
            .unwrap_or(readable)),
        Err(error) if is_missing(&error) => {
            Ok(Readable::Unbuilt(schemas.first().expect("of nothing, nothing is missing")))
        }
        Err(error) => Err(error),
    }
}

/// Which of these read models are still being built, so that nobody may read them, as a
/// transaction sees it. One that another release made counts as well, and one that is not there.
pub async fn unbuilt<'s>(
    tx: &Transaction<'_>,
    schemas: &[&'s str],
) -> Result<Option<&'s str>, tokio_postgres::Error> {
    Ok(match readable(tx, schemas).await? {
        Readable::Unbuilt(schema) => Some(schema),
        Readable::Built { .. } => None,
    })
}

/// Whether a read model has not been built, is of another release, or is locked while it is made
/// anew.
fn is_missing(error: &tokio_postgres::Error) -> bool {
    let codes = [
        SqlState::UNDEFINED_TABLE,
        SqlState::UNDEFINED_COLUMN,
        SqlState::INVALID_SCHEMA_NAME,
        SqlState::LOCK_NOT_AVAILABLE,
    ];
    error.code().is_some_and(|code| codes.contains(code))
}

/// An identifier as SQL text.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A sequence as Postgres keeps it.
pub(crate) fn seq_of(column: i64) -> Seq {
    Seq(u64::try_from(column).unwrap_or_default())
}

/// A chain value as Postgres keeps it.
pub(crate) fn chain_of(column: &[u8]) -> Chain {
    Chain(column.try_into().expect("the table's check lets in 32 bytes only"))
}
