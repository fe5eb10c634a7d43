//! The servers that are found are new enough, and one that is named is never replaced.

use std::os::unix::fs::PermissionsExt;

use super::*;

/// A program that only says its version.
fn program(folder: &Path, name: &str, version: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\necho '{version}'\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// Sees nothing of this machine, and has nowhere to fetch to.
fn blind() -> Search {
    let cache = PathBuf::from("/dev/null/cache");
    Search { nats_server: None, postgres_bin: None, folders: vec![], cache }
}

fn silent(_: &str) {}

#[test]
fn versions_are_read_as_the_programs_say_them() {
    for (words, version) in [
        ("nats-server: v2.15.1\n", Some((2, 15))),
        ("nats-server: v2.12.0-RC.1", Some((2, 12))),
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", Some((15, 18))),
        ("postgres (PostgreSQL) 19beta1", Some((19, 0))),
        ("command not found", None),
        ("", None),
    ] {
        assert_eq!(read_version(words), version, "{words:?}");
    }
}

#[test]
fn a_nats_server_without_atomic_batches_is_passed_over() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    program(old.path(), "nats-server", "nats-server: v2.9.10");
    let good = program(new.path(), "nats-server", "nats-server: v2.12.0");
    let search = Search { folders: vec![old.path().into(), new.path().into()], ..blind() };
    assert_eq!(search.nats_server(&silent).unwrap(), good);
}

#[test]
fn a_nats_server_that_was_named_is_used_or_refused_but_never_replaced() {
    let (named, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let old = program(named.path(), "nats-server", "nats-server: v2.9.10");
    program(other.path(), "nats-server", "nats-server: v2.15.1");
    let search = Search { nats_server: Some(old), folders: vec![other.path().into()], ..blind() };
    let words = search.nats_server(&silent).unwrap_err().to_string();
    assert!(words.contains("NATS_SERVER") && words.contains("2.9"), "{words}");
}

#[test]
fn postgres_is_taken_from_where_its_link_points() {
    let (real, linked) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    program(real.path(), "initdb", "");
    let postgres = program(real.path(), "postgres", "postgres (PostgreSQL) 16.2");
    std::os::unix::fs::symlink(postgres, linked.path().join("postgres")).unwrap();
    let search = Search { folders: vec![linked.path().into()], ..blind() };
    let bin = search.postgres_bin(Path::new("/no/data/yet"), &silent).unwrap();
    assert_eq!(bin, fs::canonicalize(real.path()).unwrap());
}

#[test]
fn a_postgres_without_initdb_or_older_than_15_is_passed_over() {
    let [alone, old, good] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    program(alone.path(), "postgres", "postgres (PostgreSQL) 17.1");
    program(old.path(), "postgres", "postgres (PostgreSQL) 14.9");
    program(old.path(), "initdb", "");
    program(good.path(), "postgres", "postgres (PostgreSQL) 15.0");
    program(good.path(), "initdb", "");
    let folders = [&alone, &old, &good].map(|dir| dir.path().to_owned()).to_vec();
    let bin = Search { folders, ..blind() }.postgres_bin(Path::new("/none"), &silent).unwrap();
    assert_eq!(bin, fs::canonicalize(good.path()).unwrap());
}

#[test]
fn data_is_served_by_the_version_that_made_it() {
    let [newer, same, data] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    for (dir, version) in [(&newer, "18.4"), (&same, "16.14")] {
        program(dir.path(), "postgres", &format!("postgres (PostgreSQL) {version}"));
        program(dir.path(), "initdb", "");
    }
    fs::write(data.path().join("PG_VERSION"), "16\n").unwrap();
    let folders = [&newer, &same].map(|dir| dir.path().to_owned()).to_vec();
    let bin = Search { folders, ..blind() }.postgres_bin(data.path(), &silent).unwrap();
    assert_eq!(bin, fs::canonicalize(same.path()).unwrap());
}

#[test]
fn a_cache_that_cannot_be_written_is_named() {
    let words = blind().nats_server(&silent).unwrap_err().to_string();
    assert!(words.contains("/dev/null/cache"), "{words}");
}
