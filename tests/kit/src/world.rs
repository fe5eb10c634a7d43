//! Everything that a story needs: servers of its own, and the program on top of them.

use std::path::Path;

use embedded::{Nats, Postgres};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::company::Company;
use crate::program::{Program, Verb, verb, verb_with};
use crate::servers::fresh_database;
use crate::wait::blocking;

/// A running `rollcall up`, on servers of its own.
///
/// Fields are dropped in their order: the program first, then what it stands on.
#[derive(Debug)]
pub struct World {
    /// The running program.
    pub program: Program,
    /// The line that it printed when all was ready.
    pub welcome: Value,
    expected: Vec<&'static str>,
    /// What its environment says besides.
    settings: Settings,
    /// The nats-server.
    pub nats: Nats,
    /// A Postgres of this world alone, if the story kills it.
    pub postgres: Option<Postgres>,
    /// Where its read models are.
    pub database_url: String,
    data_dir: TempDir,
    _place: SemaphorePermit<'static>,
}

/// Variables of the environment, in which the program finds its options too.
type Settings = Vec<(&'static str, String)>;

/// So many worlds at a time: they share a Postgres that takes three hundred connections, of which
/// each may want twenty, and stories of several programs more.
static PLACES: Semaphore = Semaphore::const_new(4);

impl World {
    /// A new world, in which nothing has happened yet.
    pub async fn new() -> Self {
        Self::with(None, vec![]).await
    }

    /// One whose Postgres no other story sees.
    pub async fn with_its_own_postgres() -> Self {
        let postgres = blocking(|| Postgres::start_for_tests().expect("start Postgres")).await;
        Self::on(postgres).await
    }

    /// One on a Postgres that the story has made.
    pub async fn on(postgres: Postgres) -> Self {
        Self::with(Some(postgres), vec![]).await
    }

    /// One whose program logs what `logs` says.
    pub async fn logging(logs: &'static str) -> Self {
        Self::set(vec![("RUST_LOG", logs.to_owned())]).await
    }

    /// One whose program is told more by its environment.
    pub async fn set(settings: Settings) -> Self {
        Self::with(None, settings).await
    }

    async fn with(postgres: Option<Postgres>, settings: Settings) -> Self {
        let place = PLACES.acquire().await.expect("nobody closes the places");
        let nats = blocking(|| Nats::start_for_tests().expect("start nats-server")).await;
        let database_url = match &postgres {
            Some(postgres) => postgres.url(),
            None => fresh_database().await,
        };
        let data_dir = TempDir::new().expect("make a directory");
        let (program, welcome) = up(&data_dir, &nats, &database_url, &settings).await;
        Self {
            program,
            welcome,
            expected: Vec::new(),
            settings,
            nats,
            postgres,
            database_url,
            data_dir,
            _place: place,
        }
    }

    /// Starts the program again, after it was stopped or killed.
    pub async fn start_again(&mut self) {
        let started = up(&self.data_dir, &self.nats, &self.database_url, &self.settings).await;
        (self.program, self.welcome) = started;
        for words in &self.expected {
            self.program.expects(words);
        }
    }

    /// Tells the program one thing more, or another, by its environment when it is started again.
    pub fn setting(&mut self, name: &'static str, value: &str) {
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.to_owned()));
    }

    /// Expects warnings and errors with these words in the program's log, also after it was started
    /// again.
    pub fn expects(&mut self, words: &'static str) {
        self.expected.push(words);
        self.program.expects(words);
    }

    /// Where the program answers.
    pub fn url(&self) -> String {
        let token_url = self.welcome["token_url"].as_str().expect("the line has a token_url");
        token_url.trim_end_matches("/oauth/token").to_owned()
    }

    /// The program's data directory.
    pub fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    /// Runs a verb against the running program; `--json` goes without saying.
    pub async fn verb(&self, line: &str) -> Verb {
        verb(line, self.data_dir.path()).await
    }

    /// The one line that a verb prints when it has done its work.
    pub async fn result(&self, line: &str) -> Value {
        self.verb(line).await.ended(0).line()
    }

    /// A company that has connected its directory: a tenant with credentials of every kind.
    pub async fn company(&self, slug: &str, profile: &str) -> Company {
        self.verb(&format!("tenant create {slug}")).await.ended(0);
        let activate = format!("integration activate --tenant {slug} --profile {profile}");
        let mut connected = self.result(&activate).await;
        if connected["secret_token"].is_null() {
            connected = self.result(&format!("integration rotate-secret --tenant {slug}")).await;
        }
        let secret_token = connected["secret_token"].as_str().expect("a secret token");
        let issued = self.result(&format!("token issue --tenant {slug} --scope all")).await;
        Company::new(&self.url(), slug, secret_token, &issued)
    }

    /// A company with the Workplace mapping, for stories in which one is enough.
    pub async fn contoso(&self) -> Company {
        self.company("contoso", "workplace").await
    }

    /// The events of a tenant so far, as `events list` shows them.
    pub async fn events(&self, tenant: &str) -> Vec<Value> {
        self.verb(&format!("events list --tenant {tenant}")).await.ended(0).lines()
    }
}

async fn up(
    data_dir: &TempDir,
    nats: &Nats,
    database_url: &str,
    settings: &Settings,
) -> (Program, Value) {
    let nats_url = nats.url();
    let mut environment = vec![("NATS_URL", nats_url.as_str()), ("DATABASE_URL", database_url)];
    environment.extend(settings.iter().map(|(name, value)| (*name, value.as_str())));
    let mut program = Program::up(data_dir.path(), &[], &environment);
    let welcome = program.line().await;
    (program, welcome)
}

/// Runs a verb with an operator's own token.
pub async fn verb_of(world: &World, token: &str, line: &str) -> Verb {
    verb_at(&world.url(), token, world.data_dir(), line).await
}

/// Runs a verb against the operators' API at `url`, with an operator's token.
pub async fn verb_at(url: &str, token: &str, data_dir: &Path, line: &str) -> Verb {
    let data_dir = data_dir.to_str().expect("a path of ours is text");
    let environment = [
        ("ROLLCALL_DATA_DIR", data_dir),
        ("ROLLCALL_URL", url),
        ("ROLLCALL_OPERATOR_TOKEN", token),
    ];
    verb_with(line, &environment).await
}
