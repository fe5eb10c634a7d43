//! What these tests fetch: packages of Python, Node.js, and packages of npm.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use kit::fetched::{self, Node, kept, pip};

pub(crate) use kit::fetched::said;

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/clients");
const REQUIREMENTS: &str = include_str!("python/requirements.txt");
const PACKAGES: &str = include_str!("typescript/package.json");
const LOCK: &str = include_str!("typescript/package-lock.json");

static NODE: LazyLock<Node> = LazyLock::new(|| Node::find(root()));

fn root() -> PathBuf {
    fetched::folder(env!("CARGO_TARGET_TMPDIR"))
}

/// A file of this test.
pub(crate) fn file(name: &str) -> PathBuf {
    Path::new(HERE).join(name)
}

/// Python with the packages of `python/requirements.txt`.
pub(crate) fn python() -> Command {
    static PACKAGES: LazyLock<PathBuf> = LazyLock::new(|| {
        // Some of the packages are compiled for one version of Python.
        let version = said(Command::new("python3").arg("--version"));
        kept(&root(), "python", &[&version, REQUIREMENTS], |folder| {
            let mut pip = pip(folder);
            pip.arg("--requirement").arg(file("python/requirements.txt"));
            pip
        })
    });
    let mut python = Command::new("python3");
    python.env("PYTHONPATH", &*PACKAGES).env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

/// Node.js.
pub(crate) fn node() -> Command {
    NODE.command()
}

/// One of the programs in the packages of `typescript/package.json`.
pub(crate) fn node_package(program: &str) -> Command {
    let mut node = node();
    node.arg(packages().join("node_modules").join(program));
    node.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    node
}

/// A folder with the packages of `typescript/package.json`; whatever is below it finds them.
pub(crate) fn packages() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| NODE.packages("node", PACKAGES, LOCK));
    &FOLDER
}
