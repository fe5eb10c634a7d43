//! Parts of a page that change without a reload, where scripts run.

use maud::{Markup, html};

/// A part that `path` sends anew as server-sent events, each a whole new content of it.
pub(crate) fn live(path: &str, content: Markup) -> Markup {
    html! { div data-live=(path) { (content) } }
}
