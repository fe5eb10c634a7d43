//! The employee directory: events in, rows of `employees` out, and the questions they answer.
//!
//! Nobody is ever removed from it: who leaves becomes Former. Tenants, integrations and
//! credentials have their tables here too, since the read API asks them who may read.

mod batch;
mod project;
pub mod queries;
mod text;
mod write;

use deadpool_postgres::Transaction;
use events::Recorded;

pub use project::{Change, CredentialRow, EmployeeRow};

/// The projection of the log that the directory is.
#[derive(Clone, Copy, Debug)]
pub struct Directory;

impl Directory {
    pub const NAME: &'static str = "directory";
    pub const TABLES: &'static str = include_str!("../sql/schema.sql");

    pub fn project(event: &Recorded) -> Vec<Change> {
        project::project(event)
    }

    pub async fn write(
        tx: &Transaction<'_>,
        changes: Vec<Change>,
    ) -> Result<(), tokio_postgres::Error> {
        write::write(tx, changes).await
    }
}
