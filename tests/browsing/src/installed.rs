//! Where the browser and its driver are.

use std::path::{Path, PathBuf};

/// A browser, and the driver of its version.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    pub(crate) chromium: PathBuf,
    pub(crate) chromedriver: PathBuf,
}

/// Those that the environment names, or that are where programs usually are.
pub(crate) fn find() -> Option<Programs> {
    let chromium = program("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"])?;
    let chromedriver = program("CHROMEDRIVER", &["chromedriver"])?;
    Some(Programs { chromium, chromedriver })
}

fn program(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(variable) {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.push(Path::new("/usr/bin").to_owned());
    let places = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| place.is_file())
}
