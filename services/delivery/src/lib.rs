//! What applications are told, and how it reaches them: the feed and its doors.

#![warn(missing_docs)]

pub mod derive;
pub mod state;
