//! A clock that jumps, while others go on.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use embedded::Nats;
use kit::http::http;
use kit::service::Environment;
use tempfile::TempDir;

use crate::deployment::{Plan, blocking, variable};
use crate::final_checks::final_checks;
use crate::history::left_out;
use crate::load::Load;
use crate::rounds::rounds;

const HOUR: i64 = 3600;

/// A clock of its own for some processes.
///
/// The one thing that Rust needs beside itself is a linker, so there is a C compiler: with it, a
/// library is made that comes between a program and the time of day.
struct Clock {
    file: PathBuf,
    library: PathBuf,
}

impl Clock {
    fn new(dir: &Path, name: &str) -> Self {
        let (file, library) = (dir.join(name), dir.join("clock.so"));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/chaos/clock.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &source]);
        let made = compiler.status().expect("there is a C compiler wherever Rust can link");
        assert!(made.success(), "the C compiler could not make the clock");
        let clock = Self { file, library };
        fs::write(&clock.file, 0_i64.to_ne_bytes()).expect("write a file");
        clock
    }

    fn environment(&self) -> Environment {
        let text = |path: &Path| path.to_str().expect("a path of ours is text").to_owned();
        vec![
            variable("LD_PRELOAD", &text(&self.library)),
            variable("CHAOS_CLOCK", &text(&self.file)),
        ]
    }

    /// Sets it so many seconds ahead of the true time.
    fn jump(&self, ahead: i64) {
        let file = fs::OpenOptions::new().write(true).open(&self.file).expect("it was made");
        file.write_all_at(&ahead.to_ne_bytes(), 0).expect("write a file");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_an_hour_and_back_changes_no_answer() {
    let nats = blocking(|| Nats::start_for_tests().expect("start nats-server"));
    let dir = TempDir::new().expect("make a directory");
    let clocks = [Clock::new(dir.path(), "first"), Clock::new(dir.path(), "second")];
    let mut plan = Plan::new(&nats.url(), 2);
    plan.projections.extend(clocks[0].environment());
    for (gateway, clock) in plan.gateways.iter_mut().zip(&clocks) {
        gateway.extend(clock.environment());
    }
    let deployment = plan.in_parts().await;
    let load = Load::on(&deployment).await;
    for _ in 0..rounds(1) {
        for [first, second] in [[0, HOUR], [HOUR, HOUR], [HOUR, -HOUR], [-HOUR, 0], [0, 0]] {
            load.goes_on().await;
            clocks[0].jump(first);
            clocks[1].jump(second);
            let waited = load.goes_on().await;
            eprintln!("clocks ahead by {first} s and {second} s: some writes after {waited:.1?}");
        }
    }
    let calls = load.history.calls();
    let unanswered = left_out(&calls);
    assert!(unanswered.is_empty(), "nothing is broken, yet there is no answer to {unanswered:?}");
    let times = deployment.verb("events list --tenant chaos").await.ended(0).lines();
    let times: Vec<_> = times.iter().filter_map(|event| event["time"].as_str()).collect();
    assert!(!times.is_sorted(), "the program has not noticed that its clocks were set back");
    final_checks(&deployment, load, "clocks that jump").await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_keeps_the_secret_that_the_log_has_last_though_the_clock_was_set_back() {
    let nats = blocking(|| Nats::start_for_tests().expect("start nats-server"));
    let dir = TempDir::new().expect("make a directory");
    let clock = Clock::new(dir.path(), "only");
    let mut plan = Plan::new(&nats.url(), 1);
    plan.gateways[0].extend(clock.environment());
    let mut deployment = plan.in_parts().await;
    let first = deployment.tenant("chaos").await.secret_token;
    clock.jump(-HOUR);
    // A process alone keeps its ids in order, whatever its clock says.
    deployment.gateways[0].kill9().await;
    deployment.gateways[0].start_again();
    deployment.gateways[0].ready().await;
    let rotated = async |named: &str| {
        let line = format!("integration rotate-secret --tenant chaos{named}");
        let line = deployment.verb(&line).await.ended(0).line();
        line["secret_token"].as_str().expect("a secret").to_owned()
    };
    let second = rotated("").await;
    // Nobody has used the second: what ends by the third has to be named.
    let listed = deployment.verb("integration list --tenant chaos").await.ended(0);
    let mut listed = listed.listed("credentials").into_iter();
    let oldest = listed.find(|one| one["purpose"] == "secret-token").expect("the first");
    let third =
        rotated(&format!(" --ends {}", oldest["credential_id"].as_str().expect("an id"))).await;
    let url = format!("{}/scim/v2/chaos/Users", deployment.gateways[0].url);
    for (secret, status) in [(first, 401), (second, 200), (third, 200)] {
        let answer = http().get(&url).bearer_auth(secret).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{answer:?}");
    }
}
