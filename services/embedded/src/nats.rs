//! A private nats-server.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::lockfile::Lockfile;
use crate::scratch::Scratch;
use crate::supervisor::{ServerCommand, SupervisedServer};
use crate::{EmbeddedError, Search};
use cluster::Peer;

mod cluster;

/// A private nats-server with JetStream, listening on a port of loopback: a free one, unless told.
///
/// It syncs every write to disk before it acknowledges it, as production does. Dropping it stops
/// it; so does the end of this process, whatever its cause.
#[derive(Debug)]
pub struct Nats {
    program: PathBuf,
    dir: PathBuf,
    port: u16,
    /// What its config says.
    settings: String,
    server: SupervisedServer,
    /// Last, so that it goes after the server.
    scratch: Option<Scratch>,
}

/// How long a start may take. Recovering a store of many gigabytes takes its time.
const START_TIMEOUT_SECONDS: u64 = 120;
/// How long a restart keeps trying to get its port back.
const PORT_RETRY_TIMEOUT: Duration = Duration::from_secs(5);

impl Nats {
    /// Starts a server whose config, store and log live in `dir`; what is in the store stays.
    pub fn start(dir: &Path) -> Result<Self, EmbeddedError> {
        Self::start_with(&Search::from_env(), dir, |_| {})
    }

    /// The same with a say in where to look for the program, and news of what takes long.
    pub fn start_with(
        search: &Search,
        dir: &Path,
        progress: impl Fn(&str),
    ) -> Result<Self, EmbeddedError> {
        Self::launch(search.nats_server(&progress)?, dir, None, |dir| own(dir, None))
    }

    /// The same on this port, unless somebody else listens there, or on a free one, with `more` settings
    /// that say who may come in.
    pub fn start_private(
        search: &Search,
        dir: &Path,
        port: Option<u16>,
        more: &str,
        progress: impl Fn(&str),
    ) -> Result<Self, EmbeddedError> {
        let program = search.nats_server(&progress)?;
        Self::launch_at(program, dir, port, None, |dir| format!("{}{more}", own(dir, None)))
    }

    /// Starts a server that starts empty; its directory goes when it ends.
    pub fn start_for_tests() -> Result<Self, EmbeddedError> {
        let scratch = Scratch::for_tests()?;
        let dir = scratch.path().to_owned();
        let program = Search::from_env().nats_server(&|_| {})?;
        Self::launch(program, &dir, Some(scratch), |dir| own(dir, None))
    }

    /// The same with settings that were written for a deployment. They are told where the store is
    /// to be; where the server listens is settled here, whatever they say.
    pub fn start_for_tests_with(
        settings: impl FnOnce(&Path) -> String,
    ) -> Result<Self, EmbeddedError> {
        let scratch = Scratch::for_tests()?;
        let dir = scratch.path().to_owned();
        let program = Search::from_env().nats_server(&|_| {})?;
        Self::launch(program, &dir, Some(scratch), |dir| settings(&dir.join("store")))
    }

    /// Where clients connect.
    pub fn url(&self) -> String {
        format!("nats://{}:{}", Ipv4Addr::LOCALHOST, self.port)
    }

    /// The port of loopback at which it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where its config, its store and its log are.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The server's process id.
    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// Everything that the server has logged, such as what somebody tried who may not.
    pub fn said(&self) -> String {
        fs::read_to_string(self.dir.join("nats.log")).unwrap_or_default()
    }

    /// Whether the server has ended by itself, or was killed by somebody else.
    pub fn has_ended(&mut self) -> bool {
        self.server.ended()
    }

    /// Lets the server end in good order, and waits for that.
    pub fn stop(mut self) {
        self.server.stop_and_wait();
    }

    /// Kills the server on the spot (SIGKILL). Its store and its port stay ours for a restart.
    pub fn kill9(&mut self) {
        self.server.kill();
    }

    /// Starts the server again, on the same store and the same port.
    pub fn restart(&mut self) -> Result<(), EmbeddedError> {
        self.server.stop_and_wait();
        let asked = Instant::now();
        loop {
            let port = Some(self.port);
            match run(&self.program, &self.dir, &self.settings, port, self.scratch.as_ref()) {
                Ok((server, _)) => {
                    self.server = server;
                    return Ok(());
                }
                // A connection of somebody else's may have been given our port meanwhile.
                Err(EmbeddedError::Ended { .. } | EmbeddedError::Taken { .. })
                    if asked.elapsed() < PORT_RETRY_TIMEOUT =>
                {
                    std::thread::sleep(Duration::from_millis(100));
                }
                Err(e) => return Err(e),
            }
        }
    }

    fn launch(
        program: PathBuf,
        dir: &Path,
        scratch: Option<Scratch>,
        settings: impl FnOnce(&Path) -> String,
    ) -> Result<Self, EmbeddedError> {
        Self::launch_at(program, dir, None, scratch, settings)
    }

    fn launch_at(
        program: PathBuf,
        dir: &Path,
        port: Option<u16>,
        scratch: Option<Scratch>,
        settings: impl FnOnce(&Path) -> String,
    ) -> Result<Self, EmbeddedError> {
        let dir = std::path::absolute(dir).map_err(EmbeddedError::file("find", dir))?;
        fs::create_dir_all(&dir).map_err(EmbeddedError::file("make", &dir))?;
        let settings = settings(&dir);
        let (server, port) = run(&program, &dir, &settings, port, scratch.as_ref())?;
        Ok(Self { program, dir, port, settings, server, scratch })
    }
}

/// Starts the program and waits until it serves; returns its port.
///
/// It listens on this port of loopback, or on a free one, whatever the settings say.
fn run(
    program: &Path,
    dir: &Path,
    settings: &str,
    port: Option<u16>,
    scratch: Option<&Scratch>,
) -> Result<(SupervisedServer, u16), EmbeddedError> {
    let lock = Lockfile::acquire(dir)?;
    if let Some(port) = port {
        // The server would only say in its log what is wrong.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        free.map_err(|source| EmbeddedError::Taken { port, source })?;
    }
    let config = dir.join("nats.conf");
    write_private(&config, settings).map_err(EmbeddedError::file("write", &config))?;
    let port = port.map_or("-1".to_owned(), |port| port.to_string());
    let mut command: Vec<OsString> = vec![program.into(), "--config".into(), config.into()];
    command.extend(["--addr".into(), Ipv4Addr::LOCALHOST.to_string().into()]);
    command.extend(["--port".into(), port.into(), "--ports_file_dir".into(), dir.into()]);
    let server_command = ServerCommand {
        server: "nats-server",
        command,
        ending: "TERM",
        dir: dir.to_owned(),
        log: dir.join("nats.log"),
        owner: None,
    };
    remove_stale_ports(dir)?;
    let mut server = SupervisedServer::start(&server_command, lock, scratch)?;
    let ports = dir.join(format!("nats-server_{}.ports", server.pid()));
    let port =
        server_command.wait(&mut server, START_TIMEOUT_SECONDS, || serving(read_port(&ports)?))?;
    Ok((server, port))
}

/// Writes what may hold passwords.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

/// The settings that we choose.
fn own(dir: &Path, peer: Option<&Peer>) -> String {
    // JSON quotes a path as the config's own grammar does.
    let quoted = |path: &Path| serde_json::Value::from(path.to_string_lossy()).to_string();
    format!(
        "# Written anew at each start.\n\
         max_payload: 8MB\n\
         jetstream {{\n  store_dir: {store}\n  sync_interval: always\n}}\n\
         {cluster}",
        cluster = peer.map(Peer::settings).unwrap_or_default(),
        store = quoted(&dir.join("store")),
    )
}

/// Removes what a killed server wrote, lest it be taken for the word of one with the same pid.
fn remove_stale_ports(dir: &Path) -> Result<(), EmbeddedError> {
    for entry in fs::read_dir(dir).map_err(EmbeddedError::file("list", dir))?.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "ports") {
            fs::remove_file(&path).map_err(EmbeddedError::file("remove", &path))?;
        }
    }
    Ok(())
}

/// The port as the server itself reports it, once it has.
fn read_port(file: &Path) -> Option<u16> {
    let ports: serde_json::Value = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    ports["nats"][0].as_str()?.rsplit_once(':')?.1.parse().ok()
}

/// The port again, if a server with JetStream greets us there.
fn serving(port: u16) -> Option<u16> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let mut greeting = String::new();
    BufReader::new(stream).read_line(&mut greeting).ok()?;
    let info: serde_json::Value = serde_json::from_str(greeting.strip_prefix("INFO ")?).ok()?;
    (info["jetstream"] == true).then_some(port)
}
