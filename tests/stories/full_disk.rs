//! The disk under Postgres is full, and there is room again.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use embedded::{Durability, Postgres, Search, for_tests};
use kit::http::{Answer, http};
use kit::wait::{blocking, until};
use kit::world::World;
use tempfile::TempDir;

/// A Postgres on a disk that a test fills up.
///
/// That needs no disk, and so no root: the one thing that Rust needs beside itself is a linker, so there
/// is a C compiler, and a library that it makes comes between Postgres and its files.
struct FullDisk {
    full: PathBuf,
    _dir: TempDir,
}

impl FullDisk {
    fn start() -> (Self, Postgres) {
        let dir = TempDir::new().expect("make a directory");
        // Postgres may run as another user.
        let open = |path: &Path| {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        };
        open(dir.path());
        let [library, full, bin, data] =
            ["full_disk.so", "full", "bin", "data"].map(|name| dir.path().join(name));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/stories/full_disk.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &source]);
        let made = compiler.status().expect("there is a C compiler wherever Rust can link");
        assert!(made.success(), "the C compiler could not make the library");
        let real = for_tests().postgres().programs().to_owned();
        fs::create_dir(&bin).expect("make a directory");
        let link = std::os::unix::fs::symlink(real.join("initdb"), bin.join("initdb"));
        link.expect("make a link");
        let script = format!(
            "#!/bin/sh\nLD_PRELOAD='{}' FULL_DISK='{}' exec '{}' \"$@\"\n",
            library.display(),
            full.display(),
            real.join("postgres").display(),
        );
        fs::write(bin.join("postgres"), script).expect("write a script");
        open(&bin);
        open(&bin.join("postgres"));
        let search = Search { postgres_bin: Some(bin), ..Search::from_env() };
        let postgres = Postgres::start_with(&search, &data, Durability::ForTests, |_| {});
        (Self { full, _dir: dir }, postgres.expect("start Postgres"))
    }

    fn fill_up(&self) {
        fs::write(&self.full, "").expect("write a file");
    }

    fn make_room(&self) {
        fs::remove_file(&self.full).expect("it is there");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn while_postgres_has_no_room_scim_and_reads_go_on_and_read_models_go_on_by_themselves_later()
{
    const PEOPLE: usize = 120;
    let (disk, postgres) = blocking(FullDisk::start).await;
    let mut world = World::on(postgres).await;
    world.expects("the projection waits, and goes on");
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    company.employee(&ada).await;
    disk.fill_up();

    let mut hired = Vec::new();
    for number in 0..PEOPLE {
        hired.push(company.hire(&format!("Person {number}")).await);
    }
    company.scim(&format!("Users/{}", hired[PEOPLE - 1])).await.answered(200);
    until("a projection has no room", async || {
        let text = Answer::to(http().get(format!("{}/metrics", world.url()))).await.text;
        text.contains("cause=\"53100\"")
    })
    .await;
    // Without a position: whoever needs one that the read models do not have is told to wait.
    let known = async |who: &str| {
        let url = format!("{}/employees/{who}", company.api_base_url);
        Answer::to(http().get(url).bearer_auth(&company.api_token)).await.status.as_u16()
    };
    assert_eq!(known(&ada).await, 200, "what was there is read");
    assert_eq!(known(&hired[PEOPLE - 1]).await, 404, "the disk was full");

    disk.make_room();
    until("the read models go on", async || known(&hired[PEOPLE - 1]).await == 200).await;
    let counted = company.ask("employees?limit=500").await.answered(200).body;
    assert_eq!(counted["employees"].as_array().map(Vec::len), Some(PEOPLE + 1));
    let parked = world.verb("parked list").await.ended(0).line();
    assert_eq!(parked["parked"].as_array().map(Vec::len), Some(0), "{parked}");
    for projection in ["directory", "teams"] {
        world.verb(&format!("verify {projection}")).await.ended(0);
    }
}
