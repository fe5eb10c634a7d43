//! The driver: a server that starts browsers and does what `WebDriver` asks of them.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::installed::Programs;
use kit::wait::DEADLINE;

/// Ends the driver when whoever started it is gone, however that was: only they hold our input.
/// The browsers end with their driver.
const SUPERVISOR: &str = r#""$@" </dev/null & read -r line; kill "$!"; wait"#;

/// A chromedriver of one test.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) url: String,
    supervisor: Child,
    pipe: ChildStdin,
    /// Held, since a driver that cannot write its log ends.
    _output: BufReader<ChildStdout>,
}

impl Driver {
    pub(crate) async fn start(programs: &Programs) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", SUPERVISOR, "supervisor"]).arg(&programs.chromedriver).arg("--port=0");
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut supervisor = shell.spawn().expect("a shell starts");
        let pipe = supervisor.stdin.take().expect("its input is ours");
        let mut output = BufReader::new(supervisor.stdout.take().expect("its output is ours"));
        let port = tokio::time::timeout(DEADLINE, port(&mut output)).await;
        let port = port.expect("chromedriver tells its port in time");
        Self { url: format!("http://127.0.0.1:{port}"), supervisor, pipe, _output: output }
    }

    pub(crate) async fn stop(mut self) {
        drop(self.pipe);
        self.supervisor.wait().await.expect("the driver ends");
    }
}

/// The port that it says it listens on.
async fn port(output: &mut BufReader<ChildStdout>) -> u16 {
    let mut said = String::new();
    loop {
        let begin = said.len();
        let read = output.read_line(&mut said).await.expect("chromedriver says text");
        assert!(read > 0, "chromedriver ended before it listened:\n{said}");
        let told =
            said[begin..].trim_end().trim_end_matches('.').split_once("successfully on port ");
        if let Some(port) = told.and_then(|(_, port)| port.parse().ok()) {
            return port;
        }
    }
}
