//! Helpers for the projections' SQL: how rows get in, and how lists come out.

mod page;
mod statement;
mod text;

pub use page::{BadCursor, Page, QueryError, key, page};
pub use statement::{column, run};
pub use text::{searched, sort_key, storable};
