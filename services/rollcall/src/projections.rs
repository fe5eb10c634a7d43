//! The registry of projections: roles, verbs, readiness, metrics, tests and benchmarks go by it. A
//! further projection is its crate and one line here.

use activity::Activity;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use directory::Directory;
use projector::ReadModel;
use retention::Retention;
use teams::Teams;

/// Every projection, in the order in which they are shown.
pub const ALL: [ReadModel; 4] = [
    ReadModel::of::<Directory>(),
    ReadModel::of::<Teams>(),
    ReadModel::of::<Retention>(),
    ReadModel::of::<Activity>(),
];

/// What they are called.
pub const NAMES: [&str; ALL.len()] = names();

const fn names() -> [&'static str; ALL.len()] {
    let mut names = [""; ALL.len()];
    let mut index = 0;
    while index < ALL.len() {
        names[index] = ALL[index].name;
        index += 1;
    }
    names
}

/// Reads the name of a projection from the command line.
pub(crate) fn parser() -> impl TypedValueParser<Value = ReadModel> {
    PossibleValuesParser::new(NAMES).map(|name| {
        let known = ALL.into_iter().find(|projection| projection.name == name);
        known.expect("the parser lets in known names only")
    })
}
