//! A word that stands out, by more than its colour.

use maud::{Markup, html};

/// What a badge means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it should be.
    Good,
    /// Somebody should look at it.
    Warn,
    /// It is not as it should be.
    Bad,
    /// Neither.
    Plain,
}

/// A word with a meaning.
pub(crate) fn badge(tone: Tone, words: &str) -> Markup {
    let class = match tone {
        Tone::Good => "badge good",
        Tone::Warn => "badge warn",
        Tone::Bad => "badge bad",
        Tone::Plain => "badge",
    };
    html! { span class=(class) { (words) } }
}
