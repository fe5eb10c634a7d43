//! Whole simulations against a small server, and the faults that a comparison must find.

#![expect(clippy::unwrap_used, reason = "this is a test from end to end, its server included")]

mod cycles;
mod fake;
mod faults;
mod load;

use std::time::Duration;

use simulator::{Options, Source, Target};

/// A small company.
fn options(target: Target) -> Options {
    Options {
        directory: Source::Generated { people: 60, groups: 6, seed: 1 },
        retry_timeout: Duration::from_mins(1),
        ..Options::new(target)
    }
}
