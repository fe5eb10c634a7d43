//! Every statement is one that Postgres understands.

use std::path::Path;

use directory::Directory;

use crate::world::{World, build};

#[test]
fn postgres_understands_every_statement() {
    World::new().run(async |client| {
        build::<Directory>(client, "directory", &[], 1).await;
        let mut prepared = 0;
        for folder in ["sql/read", "sql/write"] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            for file in std::fs::read_dir(folder).unwrap() {
                let file = file.unwrap().path();
                let sql = std::fs::read_to_string(&file).unwrap();
                if let Err(e) = client.prepare(&sql).await {
                    panic!("{}: {e:?}", file.display());
                }
                prepared += 1;
            }
        }
        assert!(prepared > 0, "no statement was found");
    });
}
