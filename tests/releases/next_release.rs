//! The next release: this workspace's sources but for one rule, built by Cargo as this release was.

use std::collections::BTreeSet;
use std::fs::{self, File, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use kit::wait::blocking;
use tokio::sync::OnceCell;

/// The rule that it has changed: whose Primary team is which.
const RULE: &str = "services/teams/sql/schema.sql";
/// The one line of it, and what it is in the next release: the team that one came into last.
const LINE: (&str, &str) = ("m.since_seq, m.team\n", "m.since_seq DESC, m.team\n");

/// Where the program of the next release is. It is built once for all tests.
pub(crate) async fn next_release() -> &'static Path {
    static BUILT: OnceCell<PathBuf> = OnceCell::const_new();
    BUILT.get_or_init(|| blocking(build)).await
}

/// Builds it beside this build, and begins with what that has: other people's crates, and ours that do
/// not stand on the rule, are the same.
fn build() -> PathBuf {
    // One that was built before, as `ATTACKS_PROGRAM` for attacks.
    if let Some(built) = std::env::var_os("NEXT_RELEASE") {
        return built.into();
    }
    let begun = Instant::now();
    let ours = Path::new(env!("CARGO_BIN_EXE_rollcall"));
    let profile = ours.parent().expect("the folder of a profile");
    let target = profile.parent().expect("the folder of all profiles").join("next-release");
    let (sources, next) = (target.join("sources"), target.join("target"));
    copy_sources(&workspace(), &sources);
    let name = profile.file_name().expect("a profile's name");
    let seeded = next.join(name);
    if !seeded.exists() {
        // All of it or nothing, whoever is killed in the middle.
        let half = target.join("half");
        drop(fs::remove_dir_all(&half));
        for folder in [".fingerprint", "build", "deps"] {
            copy_built(&profile.join(folder), &half.join(folder)).expect("what is built");
        }
        fs::create_dir_all(&next).expect("a folder");
        fs::rename(&half, &seeded).expect("the copy is there");
    }
    // The whole workspace and one test, so that features are chosen as by `cargo test --workspace`: with
    // others, other people's crates would be compiled anew.
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["test", "--workspace", "--locked", "--no-run", "--test", "releases"]);
    if name == "release" {
        cargo.arg("--release");
    }
    // What Cargo tells this test of its own package, ring's build script would take for news.
    for (name, _) in std::env::vars() {
        if ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_"].iter().any(|it| name.starts_with(it)) {
            cargo.env_remove(name);
        }
    }
    cargo.current_dir(&sources).env("CARGO_TARGET_DIR", &next).env("CARGO_INCREMENTAL", "0");
    let built = cargo.output().expect("there is a cargo");
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "the next release does not build:\n{said}");
    let compiled = said.lines().filter_map(|line| line.trim_start().strip_prefix("Compiling "));
    let compiled: Vec<&str> = compiled.filter_map(|line| line.split(' ').next()).collect();
    eprintln!("the next release: {} in {:.0?}", compiled.join(" "), begun.elapsed());
    seeded.join(ours.file_name().expect("a program's name"))
}

fn workspace() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the workspace is there")
}

/// Copies what is in the workspace and not ignored, and changes the rule. What is as it was keeps its
/// time, so that Cargo does not take it for new.
fn copy_sources(from: &Path, to: &Path) {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(from);
    let listed = git.output().expect("there is a git");
    assert!(listed.status.success(), "the sources are no checkout of git");
    let listed = String::from_utf8(listed.stdout).expect("paths of ours are text");
    let mut folders = BTreeSet::new();
    for path in listed.split_terminator('\0') {
        let (source, copy) = (from.join(path), to.join(path));
        // Removed, and not yet by git.
        let Ok(mut bytes) = fs::read(&source) else { continue };
        folders.extend(Path::new(path).ancestors().skip(1));
        if path == RULE {
            let text = String::from_utf8(bytes).expect("SQL is text");
            assert_eq!(text.matches(LINE.0).count(), 1, "{RULE} has the line once");
            bytes = text.replace(LINE.0, LINE.1).into_bytes();
        }
        if fs::read(&copy).is_ok_and(|before| before == bytes) {
            continue;
        }
        fs::create_dir_all(copy.parent().expect("a folder")).expect("a folder");
        fs::write(&copy, bytes).expect("a copy");
        if path != RULE {
            keep_time(&source, &copy).expect("the time of a copy");
        }
    }
    // Build scripts look at the times of folders too.
    for folder in folders {
        keep_time(&from.join(folder), &to.join(folder)).expect("the time of a folder");
    }
}

/// Copies what Cargo has built and knows of it, apart from programs, which are linked anew.
fn copy_built(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_built(&path, &copy)?;
        } else if !is_linked(&path) {
            match fs::copy(&path, &copy).and_then(|_| keep_time(&path, &copy)) {
                // Another Cargo builds in the same folder, and this was a file of a moment.
                Err(gone) if gone.kind() == io::ErrorKind::NotFound => {}
                copied => copied?,
            }
        }
    }
    Ok(())
}

/// Whether it is a test or a program: in the folder of all that is compiled, and without a suffix.
fn is_linked(path: &Path) -> bool {
    let in_deps = path.parent().and_then(Path::file_name).is_some_and(|name| name == "deps");
    in_deps && path.extension().is_none()
}

fn keep_time(of: &Path, on: &Path) -> io::Result<()> {
    let time = fs::metadata(of)?.modified()?;
    File::open(on)?.set_times(FileTimes::new().set_modified(time))
}
