//! A line of things that happened, one beneath the other, the newest first.

use jiff::Timestamp;
use maud::{Markup, html};

use super::time::moment;

/// Something that happened.
#[derive(Debug)]
pub(crate) struct Happened {
    /// When.
    pub(crate) at: Timestamp,
    /// What, in a few words.
    pub(crate) title: String,
    /// Who did it.
    pub(crate) by: Markup,
    /// What changed, and where to look further.
    pub(crate) content: Markup,
    /// Whether the page shows how things were right after it.
    pub(crate) here: bool,
}

/// The line of them.
pub(crate) fn timeline(label: &str, all: &[Happened]) -> Markup {
    html! {
        ol.timeline aria-label=(label) {
            @for one in all {
                li aria-current=[one.here.then_some("step")] {
                    p { b { (one.title) } " " span.soft { (moment(one.at)) " by " (one.by) } }
                    (one.content)
                }
            }
        }
    }
}
