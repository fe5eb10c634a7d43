//! Tables. On a narrow screen each row is a card, whose cells are named by their heads.

use maud::{Markup, PreEscaped, html};

use super::cells::named;

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    words: String,
    sort: Option<SortLink>,
}

/// How the rows are sorted by a column, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SortLink {
    /// The list sorted by it; the other way round, if it is sorted by it already.
    pub(crate) href: String,
    /// `ascending` or `descending`, if the rows are sorted by it.
    pub(crate) now: Option<&'static str>,
}

impl Head {
    /// Of a column by which nobody sorts.
    pub(crate) fn plain(words: &str) -> Self {
        Self { words: words.to_owned(), sort: None }
    }

    /// Of a column by which the rows can be sorted.
    pub(crate) fn sorted(words: &str, link: SortLink) -> Self {
        Self { words: words.to_owned(), sort: Some(link) }
    }
}

/// A table with a caption for whoever does not see it, its heads, and its rows, each a `tr`.
pub(crate) fn table(caption: &str, heads: &[&str], rows: Markup) -> Markup {
    let heads: Vec<Head> = heads.iter().map(|words| Head::plain(words)).collect();
    sortable(caption, &heads, rows)
}

/// A table that can be sorted by some of its columns. Numbers are at the right, and so are the heads above them.
pub(crate) fn sortable(caption: &str, heads: &[Head], rows: Markup) -> Markup {
    let words: Vec<&str> = heads.iter().map(|head| head.words.as_str()).collect();
    let (rows, numbers) = named(&rows.0, &words);
    let can_be_sorted = heads.iter().any(|head| head.sort.is_some());
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table.sorted[can_be_sorted] role="table" {
                caption.visually-hidden { (caption) }
                thead role="rowgroup" { tr role="row" {
                    @for (head, is_number) in heads.iter().zip(numbers) { (shown(head, is_number)) }
                } }
                tbody role="rowgroup" { (PreEscaped(rows)) }
            }
        }
    }
}

fn shown(head: &Head, is_number: bool) -> Markup {
    let now = head.sort.as_ref().and_then(|sort| sort.now);
    html! {
        th.num[is_number] scope="col" role="columnheader" aria-sort=[now] {
            @match &head.sort {
                // The style draws which way it is sorted.
                Some(sort) => a.sort href=(sort.href) { (head.words) },
                None => (head.words),
            }
        }
    }
}

/// What stands in the place of a table without rows.
pub(crate) fn empty(title: &str, text: &str) -> Markup {
    html! { div.empty { p.empty-title { (title) } p { (text) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_above_numbers_is_at_the_right_and_says_how_the_rows_are_sorted() {
        let link = SortLink { href: "/p?a=1&b=2".to_owned(), now: Some("descending") };
        let heads = [Head::plain("Name"), Head::sorted("Size", link)];
        let rows = html! { tr { td { "a" } td.num { "1" } } };
        let shown = sortable("All", &heads, rows).into_string();
        let head = |words: &str| {
            let (before, _) = shown.split_once(words).expect("the head is there");
            before.rsplit("<th").next().unwrap_or_default().to_owned()
        };
        assert!(!head("Name").contains("num") && !head("Name").contains("aria-sort"), "{shown}");
        let size = head("Size</a>");
        for said in [r#"class="num""#, r#"aria-sort="descending""#, r#"href="/p?a=1&amp;b=2""#] {
            assert!(size.contains(said), "{said}: {shown}");
        }
    }
}
