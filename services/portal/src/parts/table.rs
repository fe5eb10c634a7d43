//! Tables, which scroll by themselves on a narrow screen.

use maud::{Markup, html};

/// A table with a caption for whoever does not see it, its heads, and its rows, each a `tr`.
pub(crate) fn table(caption: &str, heads: &[&str], rows: Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption.visually-hidden { (caption) }
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { (rows) }
            }
        }
    }
}

/// What stands in the place of a table without rows.
pub(crate) fn empty(title: &str, text: &str) -> Markup {
    html! { div.empty { p.empty-title { (title) } p { (text) } } }
}
