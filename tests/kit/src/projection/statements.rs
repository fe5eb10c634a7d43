//! A projection's SQL files.

use std::path::{Path, PathBuf};

use deadpool_postgres::Client;
use projector::Projection;

use super::read_model::{World, build};

/// Every statement in the crate's `sql` folder must be one that Postgres understands, in whatever
/// slot the read model is: no statement names a schema.
///
/// # Panics
///
/// If one is not, or if there is none.
pub fn assert_statements_are_understood<P: Projection>(crate_dir: &str) {
    World::new().run(async |client| {
        // Not the projection's own name: a statement that names the schema finds nothing.
        build::<P>(client, "candidate", &[], 1).await;
        let mut prepared = 0;
        for folder in ["sql/read", "sql/write"] {
            for file in files(&Path::new(crate_dir).join(folder)) {
                prepare(client, &file).await;
                prepared += 1;
            }
        }
        assert!(prepared > 0, "no statement was found");
    });
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).expect("a folder of statements");
    files.map(|file| file.expect("a file").path()).collect()
}

async fn prepare(client: &Client, file: &Path) {
    let sql = std::fs::read_to_string(file).expect("a text");
    if let Err(error) = client.prepare(&sql).await {
        panic!("{}: {error:?}", file.display());
    }
}
