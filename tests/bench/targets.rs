//! The targets, and what was measured.

use crate::table::{heading, say};

/// What is to be reached, each beside what was. It judges nothing: a shared machine is no judge.
#[derive(Default)]
pub(crate) struct Targets(Vec<String>);

impl Targets {
    pub(crate) fn measured(&mut self, what: &str, wanted: &str, measured: &str) {
        self.0.push(format!("{what:<58} {wanted:>12}: {measured}"));
    }

    pub(crate) fn say(&self) {
        heading("targets: measured");
        self.0.iter().for_each(|line| say(line));
    }
}
