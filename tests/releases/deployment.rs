//! The roles as processes, of this release and of the next one.

use std::path::Path;

use embedded::Nats;
use kit::company::{Company, User};
use kit::http::http;
use kit::program::{Program, Verb};
use kit::servers::fresh_database;
use kit::tables::connect;
use kit::wait::{blocking, until};
use kit::world::verb_at;
use rollcall::projections::NAMES;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

const TOKEN: &str = "cd2f8b1e60a74935f1d80c6be2a94737";

/// Ada's teams by the rule of this release, and by that of the next one.
pub(crate) const OLD: [&str; 2] = ["Core primary synced", "Apps additional synced"];
pub(crate) const NEW: [&str; 2] = ["Apps primary synced", "Core additional synced"];

/// Gateway, read API and all read models of this release but the teams, with a company whose Ada is
/// in two teams.
///
/// Fields are dropped in their order: the programs first, then what they stand on.
pub(crate) struct Deployment {
    _ingest: Program,
    api: Program,
    _others: Vec<Program>,
    pub(crate) company: Company,
    pub(crate) ada: User,
    servers: Servers,
    /// The tests are done one after the other: ten processes each are enough for two processors.
    _turn: SemaphorePermit<'static>,
}

static TURN: Semaphore = Semaphore::const_new(1);

/// What processes of either release stand on.
pub(crate) struct Servers {
    nats: Nats,
    pub(crate) database_url: String,
    data_dir: TempDir,
}

impl Servers {
    /// Starts a role of this release.
    pub(crate) fn start(&self, line: &str) -> Program {
        self.start_of(Path::new(env!("CARGO_BIN_EXE_rollcall")), line)
    }

    /// Starts a role of the release that is this program.
    pub(crate) fn start_of(&self, program: &Path, line: &str) -> Program {
        let line = format!("{line} --listen 127.0.0.1:0");
        let arguments: Vec<&str> = line.split(' ').collect();
        let nats_url = self.nats.url();
        let environment = [
            ("NATS_URL", nats_url.as_str()),
            ("DATABASE_URL", self.database_url.as_str()),
            ("ROLLCALL_OPERATOR_TOKEN", TOKEN),
            ("ROLLCALL_LOG", "json"),
        ];
        Program::start_build(program, &arguments, &environment)
    }

    /// Runs a verb of this release against an `operate`.
    pub(crate) async fn verb(&self, operate: &Program, line: &str) -> Verb {
        verb_at(&operate.url().await, TOKEN, self.data_dir.path(), line).await
    }

    /// What a verb answers that does as it is told.
    pub(crate) async fn result(&self, operate: &Program, line: &str) -> Value {
        self.verb(operate, line).await.ended(0).line()
    }

    /// Lets the processes that kept slots of the teams be gone for long.
    pub(crate) async fn age_leases(&self) {
        let client = connect(&self.database_url).await;
        for slot in ["teams", "teams_next", "teams_previous"] {
            let age = format!(
                "DO $$ BEGIN IF to_regclass('{slot}.checkpoint') IS NOT NULL THEN UPDATE \
                 {slot}.checkpoint SET renewed_at = clock_timestamp() - interval '1 minute'; \
                 END IF; END $$"
            );
            client.batch_execute(&age).await.expect("the leases are aged");
        }
    }
}

impl Deployment {
    /// With everything but processes that keep the teams, and an `operate` of this release.
    pub(crate) async fn new() -> (Self, Program) {
        let turn = TURN.acquire().await.expect("nobody closes it");
        let nats = blocking(|| Nats::start_for_tests().expect("start nats-server")).await;
        let data_dir = TempDir::new().expect("make a directory");
        let servers = Servers { nats, database_url: fresh_database().await, data_dir };
        let ingest = servers.start("ingest --rate 0 --consistent-reads");
        ready(&ingest).await;
        let others = NAMES.into_iter().filter(|name| *name != "teams");
        let others: Vec<Program> =
            others.map(|name| servers.start(&format!("project {name}"))).collect();
        let operate = servers.start("operate");
        ready(&operate).await;
        servers.verb(&operate, "tenant create contoso").await.ended(0);
        let line = "integration activate --tenant contoso --profile workplace";
        let activated = servers.result(&operate, line).await;
        let line = "token issue --tenant contoso --scope all";
        let issued = servers.result(&operate, line).await;
        let secret = activated["secret_token"].as_str().expect("a secret token");
        let mut company = Company::new(&ingest.url().await, "contoso", secret, &issued);
        let ada = company.hire("Ada").await;
        for team in ["Core", "Apps"] {
            company.form(team, &[&ada]).await;
        }
        for other in &others {
            ready(other).await;
        }
        let api = servers.start("api --rate 0");
        company.api_base_url = format!("{}/api/v1/contoso", api.url().await);
        let deployment =
            Self { _ingest: ingest, api, _others: others, company, ada, servers, _turn: turn };
        (deployment, operate)
    }

    pub(crate) fn servers(&self) -> &Servers {
        &self.servers
    }

    /// What readers see of Ada's teams. They are answered each time, by the one rule or the other.
    pub(crate) async fn teams(&self) -> Vec<String> {
        let teams = self.company.teams_of(&self.ada).await;
        assert!(teams == OLD || teams == NEW, "{teams:?}");
        teams
    }

    /// Waits until everything is there that readers need.
    pub(crate) async fn serves(&self) {
        ready(&self.api).await;
    }

    /// Waits until readers see Ada's teams so.
    pub(crate) async fn sees(&self, teams: &[&str]) {
        until(&format!("readers see {teams:?}"), async || self.teams().await == teams).await;
    }

    /// Writes something, and waits until readers have seen it.
    pub(crate) async fn hires(&self, name: &str) {
        let new = self.company.hire(name).await;
        self.company.employee(&new).await;
    }
}

/// Waits until a process says that it is ready.
pub(crate) async fn ready(process: &Program) {
    let health = format!("{}/health/ready", process.url().await);
    let http = http();
    until(&format!("{health} is well"), async || {
        http.get(&health).send().await.is_ok_and(|answer| answer.status().is_success())
    })
    .await;
}
