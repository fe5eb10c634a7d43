//! A private Postgres.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

use crate::lockfile::Lockfile;
use crate::scratch::Scratch;
use crate::supervisor::{ServerCommand, SupervisedServer};
use crate::{EmbeddedError, Search};
use account::Account;
use wire::{ServerError, Session};

mod account;
mod cluster;
mod wire;

/// A private Postgres, reached through a Unix socket that only this user may open.
///
/// Dropping it stops it; so does the end of this process, whatever its cause.
#[derive(Debug)]
pub struct Postgres {
    plan: Plan,
    server: SupervisedServer,
    /// Last, so that it goes after the server. A test's directory, or a short one for the socket.
    scratch: Option<Scratch>,
}

/// What a power cut may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed.
    Kept,
    /// Everything, for the data goes with the test anyway. A killed server still loses nothing,
    /// so tests of crashes hold.
    ForTests,
}

/// How to start it, now and again.
#[derive(Debug)]
struct Plan {
    bin: PathBuf,
    dir: PathBuf,
    /// The folder of the socket.
    socket: PathBuf,
    account: Account,
    durability: Durability,
}

const USER: &str = "rollcall";
/// Part of the socket's name; nothing listens on TCP.
const PORT: u16 = 5432;
/// Of a socket's path; the system's limit is 107 bytes on Linux and 103 on macOS.
const MAX_SOCKET_PATH_LENGTH: usize = 100;
/// How long a start may take, recovery after a crash included.
const START_TIMEOUT_SECONDS: u64 = 120;
/// `SQLSTATE` for a database that is there already.
const DUPLICATE_DATABASE: &str = "42P04";

impl Postgres {
    /// Starts a server whose data and log live in `dir`; what is there stays.
    pub fn start(dir: &Path) -> Result<Self, EmbeddedError> {
        Self::start_with(&Search::from_env(), dir, Durability::Kept, |_| {})
    }

    /// The same with a say in where to look for the programs, and news of what takes long.
    pub fn start_with(
        search: &Search,
        dir: &Path,
        durability: Durability,
        progress: impl Fn(&str),
    ) -> Result<Self, EmbeddedError> {
        Self::launch(search, dir, durability, None, None, &progress)
    }

    /// Starts a server that starts empty; its directory goes when it ends.
    pub fn start_for_tests() -> Result<Self, EmbeddedError> {
        let scratch = Scratch::for_tests()?;
        let dir = scratch.path().to_owned();
        let search = Search::from_env();
        Self::launch(&search, &dir, Durability::ForTests, None, Some(scratch), &|_| {})
    }

    /// The folder of the server's programs; those of clients (`pg_dump`) may be beside them.
    pub fn programs(&self) -> &Path {
        &self.plan.bin
    }

    /// Where clients connect to the database `postgres`.
    pub fn url(&self) -> String {
        self.database_url("postgres")
    }

    /// Makes the database `name` unless it is there; returns where clients connect to it.
    pub fn create_database(&self, name: &str) -> Result<String, EmbeddedError> {
        let refused = |reason: String| EmbeddedError::Refused {
            attempt: format!("create the database {name}"),
            reason,
        };
        let quoted = name.replace('"', "\"\"");
        let created = Session::open(&self.plan.socket_file(), USER, "postgres")
            .and_then(|session| match session {
                Ok(mut session) => session.run(&format!("CREATE DATABASE \"{quoted}\"")),
                Err(server_error) => Ok(Err(server_error)),
            })
            .map_err(|e| refused(e.to_string()))?;
        match created {
            Ok(()) => Ok(self.database_url(name)),
            Err(ServerError { code, .. }) if code == DUPLICATE_DATABASE => {
                Ok(self.database_url(name))
            }
            Err(ServerError { words, .. }) => Err(refused(words)),
        }
    }

    /// The server's process id.
    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// Whether the server has ended by itself, or was killed by somebody else.
    pub fn has_ended(&mut self) -> bool {
        self.server.ended()
    }

    /// Lets the server end in good order (a "fast" shutdown), and waits for that.
    pub fn stop(mut self) {
        self.server.stop_and_wait();
    }

    /// Kills the server on the spot (SIGKILL). Its data and its address stay ours for a restart.
    pub fn kill9(&mut self) {
        self.server.kill();
    }

    /// Starts the server again, on the same data and at the same address.
    pub fn restart(&mut self) -> Result<(), EmbeddedError> {
        self.server.stop_and_wait();
        let lock = Lockfile::acquire(&self.plan.dir)?;
        self.server = self.plan.run(lock, self.scratch.as_ref())?;
        Ok(())
    }

    fn launch(
        search: &Search,
        dir: &Path,
        durability: Durability,
        account: Option<Account>,
        mut scratch: Option<Scratch>,
        progress: &dyn Fn(&str),
    ) -> Result<Self, EmbeddedError> {
        let dir = std::path::absolute(dir).map_err(EmbeddedError::file("find", dir))?;
        fs::create_dir_all(&dir).map_err(EmbeddedError::file("make", &dir))?;
        let lock = Lockfile::acquire(&dir)?;
        let data = dir.join("data");
        let bin = search.postgres_bin(&data, progress)?;
        let account = account.unwrap_or_else(|| Account::choose(&data));
        account.own(&dir)?;
        account.check(&bin.join("postgres"), &dir)?;
        cluster::make(&bin, &data, account)?;
        let mut plan = Plan { bin, socket: data, dir, account, durability };
        if plan.socket_file().as_os_str().len() > MAX_SOCKET_PATH_LENGTH {
            let short = Scratch::new()?;
            account.own(short.path())?;
            short.path().clone_into(&mut plan.socket);
            scratch = Some(short);
        }
        let server = plan.run(lock, scratch.as_ref())?;
        Ok(Self { plan, server, scratch })
    }

    fn database_url(&self, name: &str) -> String {
        let folder = percent_encode(self.plan.socket.as_os_str().as_bytes(), NON_ALPHANUMERIC);
        let name = percent_encode(name.as_bytes(), NON_ALPHANUMERIC);
        format!("postgres://{USER}@{folder}:{PORT}/{name}")
    }
}

impl Plan {
    /// Starts the server and waits until it answers.
    fn run(
        &self,
        lockfile: Lockfile,
        scratch: Option<&Scratch>,
    ) -> Result<SupervisedServer, EmbeddedError> {
        cluster::remove_stale_pid(&self.dir, &self.data())?;
        let server_command = ServerCommand {
            server: "postgres",
            command: self.command(),
            ending: "INT",
            dir: self.dir.clone(),
            log: self.dir.join("postgres.log"),
            owner: self.account.owner(),
        };
        let mut server = SupervisedServer::start(&server_command, lockfile, scratch)?;
        // The socket is there before the server answers on it.
        let socket = self.socket_file();
        let answers = || Session::open(&socket, USER, "postgres").ok()?.ok();
        server_command.wait(&mut server, START_TIMEOUT_SECONDS, answers)?;
        Ok(server)
    }

    fn command(&self) -> Vec<OsString> {
        let mut command: Vec<OsString> = self.account.prefix().iter().map(Into::into).collect();
        command.extend([self.bin.join("postgres").into(), "-D".into(), self.data().into()]);
        command.extend(["-c".into(), self.socket_setting()]);
        // On the command line rather than in the file, so that every start has today's settings,
        // and none from the environment (PGPORT, TZ).
        for setting in self.settings() {
            command.extend(["-c".into(), setting.into()]);
        }
        command
    }

    /// A list of one quoted path, in which a quotation mark is doubled.
    fn socket_setting(&self) -> OsString {
        let mut setting = b"unix_socket_directories=\"".to_vec();
        for byte in self.socket.as_os_str().as_bytes() {
            setting.extend(if *byte == b'"' { &b"\"\""[..] } else { std::slice::from_ref(byte) });
        }
        setting.push(b'"');
        OsString::from_vec(setting)
    }

    fn settings(&self) -> Vec<&'static str> {
        let mut settings = vec![
            "listen_addresses=",
            "port=5432",
            "unix_socket_permissions=0700",
            "shared_buffers=128MB",
            "timezone=UTC",
            "log_timezone=UTC",
        ];
        match self.durability {
            Durability::Kept => settings.extend(["fsync=on", "max_connections=100"]),
            Durability::ForTests => {
                // Many tests share it, each with a program or several.
                settings.push("max_connections=300");
                settings.extend(["fsync=off", "full_page_writes=off"]);
                // In its directory, which goes even when it is killed.
                settings.push("dynamic_shared_memory_type=mmap");
            }
        }
        settings
    }

    fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    fn socket_file(&self) -> PathBuf {
        self.socket.join(format!(".s.PGSQL.{PORT}"))
    }
}

#[cfg(test)]
mod tests;
