//! A running server under its supervisor: a small shell that ends it when we end.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use crate::EmbeddedError;
use crate::lockfile::Lockfile;
use crate::scratch::Scratch;

/// A running server that ends when we do.
///
/// Between us and the server stands a small shell (`supervisor.sh`) that reads a pipe which we alone
/// can write: Rust opens it close-on-exec, so no other child has it. When we end, however we end,
/// the pipe closes and the shell ends the server.
#[derive(Debug)]
pub(crate) struct SupervisedServer {
    /// None once let go.
    pipe: Option<ChildStdin>,
    supervisor: Child,
    pid: u32,
}

/// What to start.
pub(crate) struct ServerCommand {
    pub(crate) server: &'static str,
    pub(crate) command: Vec<OsString>,
    /// The name of the signal that asks this server to end in good order.
    pub(crate) ending: &'static str,
    pub(crate) dir: PathBuf,
    pub(crate) log: PathBuf,
    /// The user and group to run as, if not ours.
    pub(crate) owner: Option<(u32, u32)>,
}

impl SupervisedServer {
    /// Starts the server. The lockfile, and the scratch directory, are held until all of it has gone.
    pub(crate) fn start(
        server_command: &ServerCommand,
        lockfile: Lockfile,
        scratch: Option<&Scratch>,
    ) -> Result<Self, EmbeddedError> {
        let starting = |source| EmbeddedError::File {
            attempt: "start sh for",
            path: server_command.dir.clone(),
            source,
        };
        let (locked, pid_file) = lockfile.into_parts();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", include_str!("supervisor.sh"), "supervisor", server_command.ending])
            .arg(&server_command.log)
            .args(&server_command.command)
            .current_dir(&server_command.dir)
            .stdin(Stdio::piped())
            .stdout(locked)
            .stderr(match scratch {
                Some(scratch) => scratch.holder().map_err(starting)?,
                None => Stdio::null(),
            })
            // Ctrl-C on a terminal reaches our group; the servers shall outlive our last words.
            .process_group(0);
        if let Some((uid, gid)) = server_command.owner {
            shell.uid(uid).gid(gid);
        }
        let mut supervisor = shell.spawn().map_err(starting)?;
        drop(shell); // and with it our copy of the lock
        let mut server = Self { pipe: supervisor.stdin.take(), supervisor, pid: 0 };
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(pid) = pid_file.pid() {
                server.pid = pid;
                return Ok(server);
            }
            if server.ended() || Instant::now() > deadline {
                return Err(server_command.ended());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether the server has ended by itself.
    pub(crate) fn ended(&mut self) -> bool {
        !matches!(self.supervisor.try_wait(), Ok(None))
    }

    /// Kills the server, as a power cut would, and waits until it has gone.
    pub(crate) fn kill(&mut self) {
        if let Some(pipe) = &mut self.pipe {
            // A pipe that nobody reads means that the server has gone already.
            let _ = pipe.write_all(b"KILL\n");
        }
        let _ = self.supervisor.wait();
    }

    /// Lets the server end in good order, and waits until it has gone.
    pub(crate) fn stop_and_wait(&mut self) {
        self.pipe = None;
        // Bounded: the shell kills a server that does not end.
        let _ = self.supervisor.wait();
    }
}

impl Drop for SupervisedServer {
    fn drop(&mut self) {
        self.stop_and_wait();
    }
}

impl ServerCommand {
    /// The error for a server that ended too early, with its last words.
    pub(crate) fn ended(&self) -> EmbeddedError {
        let log = std::fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        EmbeddedError::Ended {
            server: self.server,
            log: self.log.clone(),
            tail: lines[lines.len().saturating_sub(6)..].join(" / "),
        }
    }

    /// Waits until `ready` has an answer.
    pub(crate) fn wait<T>(
        &self,
        server: &mut SupervisedServer,
        seconds: u64,
        mut ready: impl FnMut() -> Option<T>,
    ) -> Result<T, EmbeddedError> {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        loop {
            if let Some(answer) = ready() {
                return Ok(answer);
            }
            if server.ended() {
                return Err(self.ended());
            }
            if Instant::now() > deadline {
                let (server, log) = (self.server, self.log.clone());
                return Err(EmbeddedError::NotReady { server, log, seconds });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_locked_and_kept_until_the_last_process_of_its_server_has_gone() {
        let (scratch, outside) = (Scratch::new().unwrap(), tempfile::tempdir().unwrap());
        let dir = scratch.path().to_owned();
        // A server whose child outlives it, as Postgres's do when it is killed.
        let server = r#"(touch "$1/early"; sleep 1; touch "$1/late") & exec sleep 600"#;
        let server_command = ServerCommand {
            server: "a server",
            command: ["sh", "-c", server, "server"]
                .map(OsString::from)
                .into_iter()
                .chain([outside.path().into()])
                .collect(),
            ending: "TERM",
            dir: dir.clone(),
            log: dir.join("log"),
            owner: None,
        };
        let (early, late) = (outside.path().join("early"), outside.path().join("late"));
        let run_and_kill = |lock| {
            let mut server =
                SupervisedServer::start(&server_command, lock, Some(&scratch)).unwrap();
            server_command.wait(&mut server, 60, || early.exists().then_some(())).unwrap();
            server.kill();
        };

        run_and_kill(Lockfile::acquire(&dir).unwrap());
        let again = Lockfile::acquire(&dir).unwrap();
        assert!(late.exists(), "locked again while a child still ran");

        std::fs::remove_file(&early).unwrap();
        std::fs::remove_file(&late).unwrap();
        run_and_kill(again);
        drop(scratch);
        assert!(late.exists(), "removed while a child still ran");
        assert!(!dir.exists(), "left behind");
    }
}
