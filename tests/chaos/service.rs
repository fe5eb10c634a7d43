//! A process of the program that can be killed and comes back where it was.

use crate::program::{Program, until};

pub(crate) type Environment = Vec<(String, String)>;

pub(crate) struct Service {
    arguments: Vec<String>,
    environment: Environment,
    pub(crate) url: String,
    program: Program,
}

impl Service {
    /// Starts `rollcall` with these arguments, listening on a port that stays its own.
    pub(crate) fn start(line: &str, environment: Environment) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let line = format!("{line} --listen {address}");
        let arguments: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let program = run(&arguments, &environment);
        Self { arguments, environment, url: format!("http://{address}"), program }
    }

    pub(crate) async fn kill9(&mut self) {
        self.program.kill9().await;
    }

    pub(crate) fn start_again(&mut self) {
        self.program = run(&self.arguments, &self.environment);
    }

    /// Waits until it says that it is ready.
    pub(crate) async fn ready(&self) {
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
    Program::start(&arguments, &environment)
}

/// A client as plain as can be.
pub(crate) fn http() -> reqwest::Client {
    // Asked for also where no TLS is spoken; who comes second finds it set.
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder().no_proxy().build().expect("an HTTP client")
}

/// A port below those that connections get, so that it is still free after a restart.
pub(crate) fn free_port() -> u16 {
    let free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    std::iter::repeat_with(|| fastrand::u16(12_000..32_000)).find(free).expect("it never ends")
}
