//! How the code hangs together: the arrows between crates, circles of files within a crate, and how
//! long a file may be. See `tests/README.md`, "Architecture tests".

mod circles;
mod crates;
mod modules;
mod paths;
mod samples;
mod sizes;
mod sources;
mod tokens;
