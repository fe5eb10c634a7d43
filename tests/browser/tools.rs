//! What these tests fetch.

use std::path::PathBuf;

use kit::fetched::{self, Node};
use kit::wait::blocking;

const PACKAGES: &str = include_str!("node/package.json");
const LOCK: &str = include_str!("node/package-lock.json");

/// The script of axe-core, which finds what keeps people from using a page.
pub(crate) async fn axe() -> PathBuf {
    let packages = blocking(|| {
        let node = Node::find(fetched::folder(env!("CARGO_TARGET_TMPDIR")));
        node.packages("browser", PACKAGES, LOCK)
    });
    browsing::axe(&packages.await)
}
