//! A disk so small that it can be filled up, under the log of a nats-server.

use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use embedded::{Nats, Search};
use tempfile::TempDir;

/// What the disk holds.
const SIZE: &str = "48m";

/// A nats-server whose log is on a disk of its own.
///
/// The disk is a tmpfs in a namespace that a waiting shell holds open. So it needs no root, the
/// server finds it again after a restart, and it goes when we go.
pub(crate) struct NarrowDisk {
    pub(crate) nats: Nats,
    /// What takes the room away, seen from outside.
    filler: PathBuf,
    _holder: Holder,
    _dir: TempDir,
}

/// The shell that holds the namespace.
struct Holder(Child);

impl NarrowDisk {
    /// None where the machine lets nobody make namespaces.
    pub(crate) fn start() -> Option<Self> {
        let dir = TempDir::new().expect("make a directory");
        let store = dir.path().join("store");
        fs::create_dir(&store).expect("make a directory");
        let holder = Holder::of(&store)?;
        let pid = holder.0.id();
        let real = Search::from_env().nats_server(&|_| {}).expect("there is a nats-server");
        let program = dir.path().join("nats-server");
        let script = format!(
            "#!/bin/sh\nexec nsenter --target {pid} --user --mount --preserve-credentials -- \
             '{}' \"$@\"\n",
            real.display(),
        );
        fs::write(&program, script).expect("write a script");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("it is ours");
        let search = Search { nats_server: Some(program), ..Search::from_env() };
        let nats = Nats::start_with(&search, dir.path(), |_| {}).expect("start nats-server");
        let outside = store.strip_prefix("/").expect("a temporary directory is absolute");
        let filler = PathBuf::from(format!("/proc/{pid}/root")).join(outside).join("filler");
        Some(Self { nats, filler, _holder: holder, _dir: dir })
    }

    /// Takes all the room that is left.
    pub(crate) fn fill_up(&self) {
        let mut filler = fs::File::create(&self.filler).expect("the disk is there");
        for size in [1 << 20, 1 << 12] {
            let full = std::iter::repeat_with(|| filler.write_all(&vec![0; size]))
                .find_map(Result::err)
                .expect("no disk is endless");
            assert_eq!(full.kind(), ErrorKind::StorageFull, "{full}");
        }
    }

    /// Gives the room back.
    pub(crate) fn make_room(&self) {
        fs::remove_file(&self.filler).expect("it was made");
    }
}

impl Holder {
    fn of(store: &std::path::Path) -> Option<Self> {
        let script = format!("mount -t tmpfs -o size={SIZE} disk \"$1\" && echo mounted && cat");
        let holder = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", &script, "holder"])
            .arg(store)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut holder = Self(holder.ok()?);
        let said = holder.0.stdout.as_mut().expect("its standard output is ours");
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line).expect("it speaks UTF-8");
        (line == "mounted\n").then_some(holder)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It may have ended already.
        let _ = self.0.wait();
    }
}
