//! The matches that a page needs, of all that a scan finds.

use std::cmp::Ordering;

use scim::{InvalidRequest, ScimType, SortKey, SortOrder};

use super::matches::{ListPosition, Match};
use super::query::Paging;
use super::result_page::ResultPage;

/// The most bytes that one scan keeps.
const MAX_BYTES: usize = 64 << 20;

/// How many matches are kept before those that are not needed are dropped. Few in tests, so that some
/// are dropped there.
const CAPACITY: usize = if cfg!(test) { 64 } else { 1024 };

/// The first matches in the order of the list.
#[derive(Debug)]
pub(super) struct TopMatches {
    order: SortOrder,
    /// The end of the page before: only what follows it is kept.
    after: Option<ListPosition>,
    kept: Vec<(SortKey, Match)>,
    bytes: usize,
    /// How many were found, kept or not.
    total: usize,
    /// How many of the first the page needs.
    needed: usize,
}

impl TopMatches {
    /// No matches, of a list in this order.
    pub(super) fn new(order: SortOrder, paging: &Paging) -> Self {
        let (after, needed) = match paging {
            Paging::Index(page) => (None, page.offset().saturating_add(page.count)),
            // One more than fits tells whether there is another page.
            Paging::Cursor { after, count, .. } => (after.clone(), count + 1),
        };
        Self { order, after, kept: Vec::new(), bytes: 0, total: 0, needed }
    }

    /// Takes in a match. Fails if so many are needed that they do not fit into memory.
    pub(super) fn push(&mut self, key: SortKey, found: Match) -> Result<(), InvalidRequest> {
        self.total += 1;
        if self.after.as_ref().is_some_and(|after| after.covers(self.order, &key, found)) {
            return Ok(());
        }
        self.bytes += bytes(&key);
        self.kept.push((key, found));
        if self.kept.len() >= CAPACITY && self.kept.len() / 2 >= self.needed {
            self.drop_unneeded();
        }
        if self.bytes <= MAX_BYTES {
            return Ok(());
        }
        self.drop_unneeded();
        if self.bytes <= MAX_BYTES { Ok(()) } else { Err(too_far()) }
    }

    /// The page: what is kept, without the first `offset`.
    pub(super) fn into_page(mut self, offset: usize, count: usize) -> ResultPage {
        let order = self.order;
        self.kept.sort_unstable_by(|one, other| compare(order, one, other));
        let rest = self.kept.get(offset..).unwrap_or_default();
        let on_page = &rest[..count.min(rest.len())];
        let last = on_page.last().filter(|_| rest.len() > count);
        let end = last.map(|(key, found)| found.position(key.clone()));
        let matches = on_page.iter().map(|(_, found)| *found).collect();
        ResultPage { total: self.total, matches, end }
    }

    fn drop_unneeded(&mut self) {
        let order = self.order;
        if self.needed < self.kept.len() {
            let last = self.needed.saturating_sub(1);
            self.kept.select_nth_unstable_by(last, |one, other| compare(order, one, other));
            self.kept.truncate(self.needed);
            self.bytes = self.kept.iter().map(|(key, _)| bytes(key)).sum();
        }
    }
}

fn bytes(key: &SortKey) -> usize {
    let text = match key {
        SortKey::Text(text) => text.capacity(),
        SortKey::Bool(_) | SortKey::Number(_) | SortKey::Moment(_) | SortKey::Missing => 0,
    };
    text + size_of::<(SortKey, Match)>()
}

/// The order of the list, in which no two are equal.
fn compare(order: SortOrder, one: &(SortKey, Match), other: &(SortKey, Match)) -> Ordering {
    order.compare(&one.0, &other.0).then(one.1.cmp(&other.1))
}

fn too_far() -> InvalidRequest {
    let detail = "so much comes before this page that it cannot be sorted; go there by cursor, or ask for less with a filter";
    InvalidRequest::new(ScimType::TooMany, detail)
}

#[cfg(test)]
mod tests {
    use events::{Digest, ResourceId, Seq, TeamId};
    use proptest::prelude::*;
    use scim::ResourceType;
    use scim::messages;
    use uuid::Uuid;

    use super::*;
    use crate::gateway::resource::ResourceKey;

    fn key() -> impl Strategy<Value = SortKey> {
        prop_oneof![
            (0..9_i64).prop_map(SortKey::Number),
            "[a-c]{0,2}".prop_map(SortKey::Text),
            Just(SortKey::Missing)
        ]
    }

    fn a_match(resource_type: ResourceType, created: u64) -> Match {
        let id = Uuid::from_u128(created.into());
        let key = match resource_type {
            ResourceType::User => ResourceKey::User(ResourceId(id)),
            ResourceType::Group => ResourceKey::Group(TeamId(id)),
        };
        Match { key, created: Seq(created) }
    }

    fn found(keys: Vec<SortKey>) -> Vec<(SortKey, Match)> {
        let created = |number: usize| {
            let resource_type =
                if number.is_multiple_of(3) { ResourceType::Group } else { ResourceType::User };
            a_match(resource_type, number as u64)
        };
        keys.into_iter().enumerate().map(|(number, key)| (key, created(number))).collect()
    }

    fn order(descending: bool) -> SortOrder {
        if descending { SortOrder::Descending } else { SortOrder::Ascending }
    }

    fn by_index(offset: usize, count: usize) -> Paging {
        Paging::Index(messages::Page { start_index: offset + 1, count })
    }

    proptest! {
        #[test]
        fn a_page_is_the_one_of_all_that_were_found_sorted(
            keys in prop::collection::vec(key(), 0..300),
            offset in 0..200_usize,
            count in 0..50_usize,
            descending: bool,
        ) {
            let order = order(descending);
            let mut all = found(keys);
            let mut top = TopMatches::new(order, &by_index(offset, count));
            for (key, found) in all.clone() {
                top.push(key, found).unwrap();
            }
            all.sort_by(|one, other| compare(order, one, other));
            let page = top.into_page(offset, count);
            prop_assert_eq!(page.total, all.len());
            let expected: Vec<_> =
                all.iter().skip(offset).take(count).map(|(_, found)| *found).collect();
            prop_assert_eq!(page.matches, expected);
        }

        #[test]
        fn a_walk_by_cursor_shows_all_in_order_and_each_once(
            keys in prop::collection::vec(key(), 0..300),
            count in 20..70_usize,
            descending: bool,
        ) {
            let order = order(descending);
            let mut all = found(keys);
            let (mut after, mut walked) = (None, Vec::new());
            loop {
                let fingerprint = Digest::of(b"");
                let paging = Paging::Cursor { after, count, fingerprint };
                let mut top = TopMatches::new(order, &paging);
                for (key, found) in all.clone() {
                    top.push(key, found).unwrap();
                }
                let page = top.into_page(0, count);
                prop_assert_eq!(page.total, all.len());
                walked.extend(page.matches);
                after = page.end;
                if after.is_none() {
                    break;
                }
            }
            all.sort_by(|one, other| compare(order, one, other));
            let expected: Vec<_> = all.into_iter().map(|(_, found)| found).collect();
            prop_assert_eq!(walked, expected);
        }
    }

    #[test]
    fn what_is_kept_depends_on_the_page_and_not_on_how_many_are_found() {
        for many in [2_000, 20_000] {
            let mut top = TopMatches::new(SortOrder::Ascending, &by_index(0, 30));
            for number in 0..many {
                let name = SortKey::Text(format!("{:08}", many - number));
                top.push(name, a_match(ResourceType::User, number)).unwrap();
                assert!(top.kept.len() <= CAPACITY, "{} of {number} are kept", top.kept.len());
            }
            assert_eq!(top.into_page(0, 30).total, usize::try_from(many).unwrap());
        }
    }

    #[test]
    fn a_page_far_behind_long_names_is_refused_before_they_take_all_memory() {
        let mut top = TopMatches::new(SortOrder::Ascending, &by_index(10_000_000, 1));
        let mut pushed = 0_u64;
        let refused = loop {
            let name = SortKey::Text("x".repeat(1000));
            match top.push(name, a_match(ResourceType::User, pushed)) {
                Ok(()) => pushed += 1,
                Err(refused) => break refused,
            }
            assert!(pushed < 100_000, "more than 100 MB of names are kept");
        };
        assert_eq!(refused.scim_type, Some(ScimType::TooMany));
    }
}
