//! The role `operate`, as a process of its own and as the NATS user that is shipped for it.

use embedded::Nats;
use kit::program::{Program, Verb};
use kit::servers::fresh_database;
use kit::wait::until;
use kit::world::verb_at;
use rollcall::projections::NAMES;
use serde_json::Value;
use tempfile::TempDir;

use crate::deployment::{nats_as_shipped, url_of};

const TOKEN: &str = "a2fe34a0ff0fe04802008d381fb18900e3df26459094ab64e1e53592a688aada";

/// `operate` and the projections, each as a process and as its NATS user.
struct Parts {
    nats: Nats,
    database_url: String,
    data_dir: TempDir,
}

impl Parts {
    fn start(&self, arguments: &[&str], user: &str) -> Program {
        let nats_url = url_of(&self.nats, user);
        let environment = [
            ("NATS_URL", nats_url.as_str()),
            ("DATABASE_URL", self.database_url.as_str()),
            ("ROLLCALL_OPERATOR_TOKEN", TOKEN),
            ("ROLLCALL_LOG", "json"),
        ];
        Program::start(arguments, &environment)
    }

    fn operate(&self) -> Program {
        self.start(&["operate", "--listen", "127.0.0.1:0"], "operate")
    }

    fn project(&self, name: &str) -> Program {
        self.start(&["project", name, "--listen", "127.0.0.1:0"], "project")
    }

    async fn verb(&self, operate: &Program, line: &str) -> Verb {
        verb_at(&operate.url().await, TOKEN, self.data_dir.path(), line).await
    }

    async fn state(&self, operate: &Program, job: &str) -> Value {
        let line = format!("replay status {job}");
        self.verb(operate, &line).await.ended(0).line()["state"].clone()
    }
}

#[tokio::test]
async fn a_job_goes_on_after_the_operators_api_and_the_projector_were_killed() {
    let nats = nats_as_shipped().await;
    let data_dir = TempDir::new().expect("make a directory");
    let parts = Parts { nats, database_url: fresh_database().await, data_dir };
    let mut operate = parts.operate();
    parts.verb(&operate, "tenant create acme").await.ended(0);
    let mut teams = parts.project("teams");
    let others: Vec<Program> =
        NAMES.into_iter().filter(|name| *name != "teams").map(|name| parts.project(name)).collect();
    operate.expects("the read models cannot be read at present");
    until("the read models are there", async || {
        parts.verb(&operate, "replay plan teams").await.succeeded()
    })
    .await;

    let plan = parts.verb(&operate, "replay plan teams").await.ended(0).line();
    let plan = plan["plan"].as_str().expect("a plan's id");
    let job = parts.verb(&operate, &format!("replay run {plan}")).await.ended(0).line();
    let job = job["job"].as_str().expect("a job's id");
    parts.verb(&operate, &format!("replay pause {job}")).await.ended(0);
    teams.kill9().await;
    operate.kill9().await;
    let operate = parts.operate();
    assert_eq!(parts.state(&operate, job).await, "paused", "no process kept it");
    parts.verb(&operate, &format!("replay resume {job}")).await.ended(0);
    let teams = parts.project("teams");
    until("the job is ready", async || parts.state(&operate, job).await == "ready").await;
    parts.verb(&operate, &format!("replay cutover {job} --confirm teams")).await.ended(0);
    drop((teams, others));
}
