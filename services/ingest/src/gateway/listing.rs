//! Lists: paging by index, with exact totals (RFC 7644 §3.4.2).

use scim::messages::Page;

/// The most resources on a page, whatever `count` asks for.
pub(super) const MAX: usize = 1000;

/// How many are on a page when nobody asks for a number.
pub(super) const DEFAULT: i64 = 100;

/// The part of `matching` that is on the page, and how many match in all.
pub(super) fn paged<T>(matching: impl Iterator<Item = T>, page: Page) -> (usize, Vec<T>) {
    let mut total = 0;
    let mut on_page = Vec::new();
    for item in matching {
        if total >= page.offset() && on_page.len() < page.count {
            on_page.push(item);
        }
        total += 1;
    }
    (total, on_page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_counts_all_that_match_wherever_the_page_is() {
        let page = |start_index, count| Page { start_index, count };
        assert_eq!(paged(1..=5, page(3, 2)), (5, vec![3, 4]));
        assert_eq!(paged(1..=5, page(10, 2)), (5, vec![]));
        assert_eq!(paged(1..=5, page(1, 0)), (5, vec![]));
    }
}
