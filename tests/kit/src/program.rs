//! The program, as a process.

use std::path::Path;
use std::process::{ExitStatus, Stdio};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::watch;

use crate::alarms::Expected;
use crate::wait::DEADLINE;

/// How much a failing story shows of what the program said.
const LAST_WORDS: usize = 60;

/// A running `rollcall`. It is killed when dropped; a story that fails shows what it said.
#[derive(Debug)]
pub struct Program {
    name: String,
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    said: watch::Receiver<String>,
    expected: Expected,
}

/// What a verb did.
#[derive(Debug)]
pub struct Verb {
    asked: String,
    status: ExitStatus,
    /// What it printed as its result.
    pub stdout: String,
    /// What it told the person at the terminal.
    pub stderr: String,
}

/// Where the program is: Cargo tells the tests of its package. Attacks are tried on other builds too.
fn program() -> String {
    let told = ["ATTACKS_PROGRAM", "CARGO_BIN_EXE_rollcall"].map(std::env::var);
    told.into_iter().find_map(Result::ok).expect("cargo test tells where the program is")
}

/// The program with these arguments, and nothing in its environment that would say otherwise.
pub fn rollcall(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    command(Path::new(&program()), arguments, environment)
}

fn command(program: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars() {
        let ours = ["ROLLCALL_", "SCIM_"].iter().any(|prefix| name.starts_with(prefix));
        if ours || ["NATS_URL", "DATABASE_URL", "RUST_LOG"].contains(&name.as_str()) {
            command.env_remove(name);
        }
    }
    command.args(arguments).envs(environment.iter().copied()).stdin(Stdio::null());
    command
}

/// Runs a verb to its end, beside the `up` that has this data directory.
pub async fn verb(line: &str, data_dir: &Path) -> Verb {
    let data_dir = data_dir.to_str().expect("a path of ours is text");
    verb_with(line, &[("ROLLCALL_DATA_DIR", data_dir)]).await
}

/// Runs a verb to its end, in an environment that tells it what to look at.
pub async fn verb_with(line: &str, environment: &[(&str, &str)]) -> Verb {
    let asked = format!("rollcall {line} --json");
    let arguments: Vec<&str> = asked.split(' ').skip(1).collect();
    let mut command = rollcall(&arguments, environment);
    let running = command.kill_on_drop(true).output();
    let done = tokio::time::timeout(DEADLINE, running).await;
    let done = done.unwrap_or_else(|_| panic!("`{asked}` did not end"));
    let done = done.expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Verb { asked, status: done.status, stdout: text(&done.stdout), stderr: text(&done.stderr) }
}

impl Verb {
    /// Insists on an exit code.
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        let Self { asked, status, stdout, stderr } = &self;
        assert_eq!(status.code(), Some(code), "`{asked}` said:\n{stdout}\n{stderr}");
        self
    }

    /// Whether it did what it was asked.
    pub fn succeeded(&self) -> bool {
        self.status.success()
    }

    /// The result, as the lines of JSON that it is.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        let read = |line: &str| {
            serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("`{}` printed {line:?}: {error}", self.asked))
        };
        self.stdout.lines().map(read).collect()
    }

    /// What the result lists under this name.
    #[track_caller]
    pub fn listed(&self, name: &str) -> Vec<Value> {
        let line = self.line();
        line[name].as_array().unwrap_or_else(|| panic!("`{}` printed {line}", self.asked)).clone()
    }

    /// The result, if it is one line of JSON.
    #[track_caller]
    pub fn line(&self) -> Value {
        let mut lines = self.lines();
        assert_eq!(lines.len(), 1, "`{}` printed {}\n{}", self.asked, self.stdout, self.stderr);
        lines.remove(0)
    }
}

impl Program {
    /// Starts the program with these arguments.
    pub fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start_build(Path::new(&program()), arguments, environment)
    }

    /// Starts another build of the program.
    pub fn start_build(program: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = command(program, arguments, environment);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("the program starts");
        let stdout = child.stdout.take().expect("its standard output is ours");
        let stderr = child.stderr.take().expect("its standard error is ours");
        Self {
            name: arguments.join(" "),
            child,
            lines: BufReader::new(stdout).lines(),
            said: overheard(stderr),
            expected: Expected::default(),
        }
    }

    /// Expects warnings and errors with these words in its log. All others fail the test when this is
    /// dropped.
    pub fn expects(&mut self, words: &str) {
        self.expected.add(words);
    }

    /// Starts `rollcall up` on a directory, on any port.
    pub fn up(data_dir: &Path, more: &[&str], environment: &[(&str, &str)]) -> Self {
        let data_dir = data_dir.to_str().expect("a path of ours is text");
        let mut arguments = vec!["up", "--json", "--listen", "127.0.0.1:0", "--data-dir", data_dir];
        arguments.extend(more);
        Self::start(&arguments, environment)
    }

    /// The next line of its result, which is JSON.
    pub async fn line(&mut self) -> Value {
        serde_json::from_str(&self.text().await).expect("the line is JSON")
    }

    /// The next line of its result.
    pub async fn text(&mut self) -> String {
        let line = tokio::time::timeout(2 * DEADLINE, self.lines.next_line()).await;
        let line = line.unwrap_or_else(|_| panic!("`{}` is not ready", self.name));
        let line = line.expect("its output is text");
        line.unwrap_or_else(|| panic!("`{}` ended before it was ready", self.name))
    }

    /// Where a service listens, as its log tells (`ROLLCALL_LOG=json`).
    pub async fn url(&self) -> String {
        self.address("address").await
    }

    /// Where it tells how it is while it starts.
    pub async fn health_url(&self) -> String {
        self.address("health").await
    }

    async fn address(&self, field: &str) -> String {
        let told = |said: &str| {
            let lines = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let mut told = lines.filter_map(|line| line[field].as_str().map(str::to_owned));
            told.next().map(|address| format!("http://{address}"))
        };
        let mut said = self.said.clone();
        let heard = said.wait_for(|said| told(said).is_some());
        let heard = tokio::time::timeout(DEADLINE, heard).await;
        let heard = heard.unwrap_or_else(|_| panic!("`{}` does not listen", self.name));
        let heard = heard.unwrap_or_else(|_| panic!("`{}` ended before it listened", self.name));
        told(&heard).expect("it was told")
    }

    /// Everything that it said on standard error.
    pub fn said(&self) -> String {
        self.said.borrow().clone()
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Asks it to stop (SIGTERM), and waits until it has.
    pub async fn stop(&mut self) -> ExitStatus {
        self.signalled("-TERM").await
    }

    /// Interrupts it, as ^C does (SIGINT), and waits until it has ended.
    pub async fn interrupt(&mut self) -> ExitStatus {
        self.signalled("-INT").await
    }

    async fn signalled(&mut self, signal: &str) -> ExitStatus {
        let pid = self.pid().to_string();
        let asked = Command::new("kill").args([signal, &pid]).status().await;
        assert!(asked.expect("there is a program kill").success());
        let ended = tokio::time::timeout(DEADLINE, self.child.wait()).await;
        let ended = ended.unwrap_or_else(|_| panic!("`{}` does not stop", self.name));
        self.heard_out().await;
        ended.expect("it is our child")
    }

    /// Waits until it ends by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let ended = tokio::time::timeout(DEADLINE, self.child.wait()).await;
        let ended = ended.unwrap_or_else(|_| panic!("`{}` does not end", self.name));
        self.heard_out().await;
        ended.expect("it is our child")
    }

    /// Waits until its last words were read: the process may be gone before they are.
    async fn heard_out(&self) {
        let mut said = self.said.clone();
        let all = async { while said.changed().await.is_ok() {} };
        let all = tokio::time::timeout(DEADLINE, all).await;
        all.unwrap_or_else(|_| panic!("somebody still speaks for `{}`", self.name));
    }

    /// Kills it on the spot (SIGKILL).
    pub async fn kill9(&mut self) {
        self.child.kill().await.expect("it is our child");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let said = self.said();
            let lines: Vec<&str> = said.lines().collect();
            let last = &lines[lines.len().saturating_sub(LAST_WORDS)..];
            eprintln!("--- `{}` said last:\n{}\n---", self.name, last.join("\n"));
        } else {
            self.expected.hold(&self.name, &self.said());
        }
    }
}

/// Collects what is said.
fn overheard(speaker: impl AsyncRead + Unpin + Send + 'static) -> watch::Receiver<String> {
    let (heard, said) = watch::channel(String::new());
    tokio::spawn(async move {
        let mut lines = BufReader::new(speaker).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            heard.send_modify(|said| {
                said.push_str(&line);
                said.push('\n');
            });
        }
    });
    said
}
