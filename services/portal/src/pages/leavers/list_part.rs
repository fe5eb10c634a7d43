//! A part of a long list, and the way to the others.

use maud::{Markup, html};

/// The first `most`, and a link to a page with all of them where these are not all.
pub(super) fn first<'a, T>(all: &'a [T], most: usize, whole: &str) -> (&'a [T], Markup) {
    let shown = &all[..all.len().min(most)];
    let others = html! {
        @if all.len() > most {
            p.soft { (most) " of " (all.len()) " are shown. " a href=(whole) { "Show all" } }
        }
    };
    (shown, others)
}

/// At most `most` from a place on, and links to those before and after. A place behind the end, where fewer are left
/// than there were, is the last part.
pub(super) fn part<'a, T>(
    all: &'a [T],
    at: usize,
    most: usize,
    name: &str,
    address: impl Fn(usize) -> String,
) -> (&'a [T], Markup) {
    let last = all.len().saturating_sub(1) / most * most;
    let at = (at / most * most).min(last);
    let end = all.len().min(at + most);
    let links = html! {
        @if all.len() > most {
            p.soft { (at + 1) " to " (end) " of " (all.len()) " are shown." }
            nav.paging aria-label={ "Parts of the list " (name) } {
                @if at > 0 { a.button href=(address(at - most)) rel="prev" { "Show the " (most) " before" } }
                @if end < all.len() {
                    a.button href=(address(end)) rel="next" { "Show the next " (most.min(all.len() - end)) }
                }
            }
        }
    };
    (&all[at..end], links)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whoever_follows_the_links_sees_each_once(count in 0_usize..100, most in 1_usize..20) {
            let all: Vec<usize> = (0..count).collect();
            let mut seen = Vec::new();
            let mut at = Some(0);
            while let Some(here) = at {
                let (shown, links) = part(&all, here, most, "x", |at| format!("?at={at}"));
                seen.extend_from_slice(shown);
                let links = links.into_string();
                let next = links.split(r#"href="?at="#).skip(1).find(|link| link.contains("next"));
                at = next.and_then(|link| link.split('"').next()?.parse().ok());
            }
            prop_assert_eq!(seen, all);
        }

        #[test]
        fn a_place_behind_the_end_is_the_last_part(count in 1_usize..100, at in 0_usize..1000) {
            let all: Vec<usize> = (0..count).collect();
            let (shown, _) = part(&all, at, 15, "x", |_| String::new());
            prop_assert!(!shown.is_empty());
        }
    }
}
