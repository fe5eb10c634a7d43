//! Whether Postgres answers, found out in the background.
//!
//! A stopped server keeps its connections open and says nothing: whoever asks it waits until a
//! time-out. One task therefore asks it all the time, and everybody else looks here first.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use events::Seq;
use tokio::sync::watch;
use tokio_postgres::{Client, SimpleQueryMessage};
use tokio_util::task::AbortOnDropHandle;

use super::tls::Server;
use super::{Database, SESSION_SETTINGS, SqlError, is_missing, quoted};

/// How long after an answer Postgres is asked again.
const QUERY_INTERVAL: Duration = Duration::from_millis(500);
/// Postgres is silent after so many of these without an answer. A machine that stands still as a
/// whole lets one of them pass, and not all.
const ANSWER_WAIT: Duration = Duration::from_millis(500);
const MAX_ANSWER_WAITS: usize = 3;
/// How long an answer that is late is still waited for before another connection is tried.
const LATE_ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How soon another connection is tried after one that failed.
const RECONNECT_DELAY: Duration = Duration::from_millis(100);

/// What is known about Postgres.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Starting,
    /// It answers, and every read model is there.
    Well,
    /// It answers, but a read model is not there.
    Missing(String),
    /// It answers, but a read model is being built, and holds a part of its rows, or lacks a table.
    Building(String),
    /// It refuses, or cannot be reached. Whoever asks it is told so at once.
    Away(String),
    /// It does not answer. Whoever asks it waits.
    Silent,
}

/// Asks Postgres all the time. Cheap to clone; it asks until the last clone is gone.
#[derive(Clone, Debug)]
pub struct Probe {
    state: watch::Receiver<State>,
    reached: Arc<AtomicU64>,
    _asking: Arc<AbortOnDropHandle<()>>,
}

impl Probe {
    /// Starts to ask `database`, on a connection of its own, whether it answers and whether the
    /// read models in `schemas` are there.
    pub fn start(database: &Database, schemas: &[&str]) -> Self {
        let (known, state) = Known::new();
        let questions = schemas.iter().map(|schema| Question::about(schema)).collect();
        let reached = Arc::clone(&known.reached);
        let asking = tokio::spawn(ask(Arc::clone(&database.server), questions, known));
        Self { state, reached, _asking: Arc::new(AbortOnDropHandle::new(asking)) }
    }

    /// Whether reads can be answered; if not, why. From memory, fit for a readiness check.
    pub fn check(&self) -> Result<(), String> {
        match &*self.state.borrow() {
            State::Well => Ok(()),
            State::Starting => Err("Postgres has not been asked yet".to_owned()),
            State::Missing(schema) => Err(format!("the read model {schema} has not been built")),
            State::Building(schema) => Err(format!(
                "the read model {schema} is not whole: it is being built, or a table of it is gone"
            )),
            State::Away(why) => Err(format!("Postgres cannot be read: {why}")),
            State::Silent => Err("Postgres does not answer".to_owned()),
        }
    }

    /// How far all of the read models were at least when Postgres was asked last.
    pub fn reached(&self) -> Seq {
        Seq(self.reached.load(Ordering::Relaxed))
    }

    /// Waits until reads can be answered.
    pub async fn well(&self) {
        let mut state = self.state.clone();
        if state.wait_for(|state| *state == State::Well).await.is_err() {
            // The task that asks has ended, which it does with the runtime only.
            std::future::pending::<()>().await;
        }
    }

    /// Whether Postgres is known not to answer, so that asking it would only be waiting.
    pub fn is_silent(&self) -> bool {
        *self.state.borrow() == State::Silent
    }

    /// Waits until Postgres is known not to answer.
    pub async fn silence(&self) {
        let mut state = self.state.clone();
        if state.wait_for(|state| *state == State::Silent).await.is_err() {
            // The task that asks has ended, which it does with the runtime only.
            std::future::pending::<()>().await;
        }
    }
}

/// A look at one read model.
struct Question {
    schema: String,
    statement: String,
}

impl Question {
    fn about(schema: &str) -> Self {
        let name = quoted(schema);
        let statement = format!(
            "SELECT seq, seq >= goal AND relations <= (
                 SELECT count(*) FROM pg_class
                 WHERE relnamespace = to_regnamespace('{name}') AND relkind IN ('r', 'v')
             ) FROM {name}.checkpoint"
        );
        Self { schema: schema.to_owned(), statement }
    }
}

/// What was found out, as the task that asks writes it down.
struct Known {
    state: watch::Sender<State>,
    reached: Arc<AtomicU64>,
    /// Whether every read model was there once. Until then one that is not there is being built for
    /// the first time, which is no reason for a warning.
    was_well: AtomicBool,
}

impl Known {
    fn new() -> (Self, watch::Receiver<State>) {
        let (state, receiver) = watch::channel(State::Starting);
        (Self { state, reached: Arc::default(), was_well: AtomicBool::new(false) }, receiver)
    }

    /// Notes what was found out, and logs it if it is news.
    fn note(&self, found: State) {
        if *self.state.borrow() == found {
            return;
        }
        let was_well = self.was_well.load(Ordering::Relaxed);
        match &found {
            State::Starting => {}
            State::Well => {
                self.was_well.store(true, Ordering::Relaxed);
                tracing::info!("Postgres answers, and every read model is there");
            }
            State::Missing(schema) if was_well => {
                tracing::warn!(schema, "a read model is gone");
            }
            State::Missing(schema) => tracing::info!(schema, "a read model is not there yet"),
            State::Building(schema) if was_well => {
                tracing::warn!(schema, "a read model is not whole any more");
            }
            State::Building(schema) => tracing::info!(schema, "a read model is not whole yet"),
            State::Away(why) => tracing::warn!(why, "Postgres cannot be read"),
            State::Silent => tracing::warn!("Postgres does not answer"),
        }
        self.state.send_replace(found);
    }
}

async fn ask(server: Arc<Server>, questions: Vec<Question>, known: Known) {
    loop {
        let why = session(&server, &questions, &known).await;
        known.note(why);
        tokio::time::sleep(RECONNECT_DELAY).await;
    }
}

/// Asks on one connection, as long as it lasts; tells how that ended.
async fn session(server: &Server, questions: &[Question], known: &Known) -> State {
    let connecting = async {
        let (client, connection) = server.config.connect(server.tls.clone()).await?;
        let carrying = AbortOnDropHandle::new(tokio::spawn(async move { drop(connection.await) }));
        client.batch_execute(SESSION_SETTINGS).await?;
        Ok::<_, tokio_postgres::Error>((client, carrying))
    };
    let (client, _carrying) = match patiently(connecting, known).await {
        Some(Ok(connected)) => connected,
        Some(Err(error)) => return State::Away(SqlError(error).to_string()),
        None => return State::Silent,
    };
    loop {
        match patiently(look(&client, questions, &known.reached), known).await {
            Some(Ok(state)) => known.note(state),
            Some(Err(error)) => return State::Away(SqlError(error).to_string()),
            None => return State::Silent,
        }
        tokio::time::sleep(QUERY_INTERVAL).await;
    }
}

async fn look(
    client: &Client,
    questions: &[Question],
    reached: &AtomicU64,
) -> Result<State, tokio_postgres::Error> {
    if questions.is_empty() {
        client.simple_query("SELECT").await?;
    }
    let (mut slowest, mut building) = (None, None);
    for Question { schema, statement } in questions {
        match client.simple_query(statement).await {
            Ok(rows) => {
                let (seq, built) = checkpoint_in(&rows);
                slowest = Some(slowest.unwrap_or(u64::MAX).min(seq));
                if !built {
                    building = building.or_else(|| Some(schema.clone()));
                }
            }
            Err(error) if is_missing(&error) => return Ok(State::Missing(schema.clone())),
            Err(error) => return Err(error),
        }
    }
    reached.store(slowest.unwrap_or_default(), Ordering::Relaxed);
    Ok(building.map_or(State::Well, State::Building))
}

/// The position in an answer, and whether the read model is built; nowhere, if the projection has
/// not begun.
fn checkpoint_in(rows: &[SimpleQueryMessage]) -> (u64, bool) {
    let found = rows.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some((row.get(0)?.parse().ok()?, row.get(1) == Some("t"))),
        _ => None,
    });
    found.unwrap_or_default()
}

/// Waits for an answer. One that is late is noted as silence, and waited for still, so that it is
/// noticed at once when Postgres goes on. None, if it does not come at all.
async fn patiently<T>(answer: impl Future<Output = T>, known: &Known) -> Option<T> {
    let mut answer = pin!(answer);
    for _ in 0..MAX_ANSWER_WAITS {
        if let Ok(answered) = tokio::time::timeout(ANSWER_WAIT, answer.as_mut()).await {
            return Some(answered);
        }
    }
    known.note(State::Silent);
    tokio::time::timeout(LATE_ANSWER_TIMEOUT, answer).await.ok()
}

#[cfg(test)]
mod tests;
