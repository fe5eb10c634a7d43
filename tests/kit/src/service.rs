//! A process of the program that can be killed and comes back where it was.

use crate::http::http;
use crate::program::Program;
use crate::wait::until;

/// Variables of a process.
pub type Environment = Vec<(String, String)>;

/// A process that always listens on the same port.
#[derive(Debug)]
pub struct Service {
    arguments: Vec<String>,
    environment: Environment,
    /// Where it listens.
    pub url: String,
    program: Program,
}

impl Service {
    /// Starts `rollcall` with these arguments, listening on a port that stays its own.
    pub fn start(line: &str, environment: Environment) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let line = format!("{line} --listen {address}");
        let arguments: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let program = run(&arguments, &environment);
        Self { arguments, environment, url: format!("http://{address}"), program }
    }

    /// Kills it on the spot (SIGKILL).
    pub async fn kill9(&mut self) {
        self.program.kill9().await;
    }

    /// Starts it again, with the same arguments on the same port.
    pub fn start_again(&mut self) {
        self.program = run(&self.arguments, &self.environment);
    }

    /// Waits until it says that it is ready.
    pub async fn ready(&self) {
        let health = format!("{}/health/ready", self.url);
        let http = http();
        until(&format!("`{}` is ready", self.arguments.join(" ")), async || {
            http.get(&health).send().await.is_ok_and(|answer| answer.status().is_success())
        })
        .await;
    }
}

fn run(arguments: &[String], environment: &Environment) -> Program {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let environment: Vec<_> = environment.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let mut program = Program::start(&arguments, &environment);
    // Faults come, and each is told of.
    program.expects("");
    program
}

/// A port below those that connections get, so that it is still free after a restart.
pub fn free_port() -> u16 {
    let free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    std::iter::repeat_with(|| fastrand::u16(12_000..32_000)).find(free).expect("it never ends")
}
