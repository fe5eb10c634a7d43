//! What a search keeps of what it finds: no more than its page needs.

use std::cmp::Ordering;

use scim::{Bad, Key, Order, ScimType};

use super::candidates::{Mark, Place};
use super::page::Page;
use super::question::Part;

/// Bytes of all that a search keeps while it looks.
const MOST: usize = 64 << 20;

/// Up to so many are kept before the first are dropped. Few in tests, so that some are dropped there.
const ROOM: usize = if cfg!(test) { 64 } else { 1024 };

/// What was found, in the order of the answer once it is asked for.
#[derive(Debug)]
pub(super) struct Hits {
    order: Order,
    /// What the page before showed last, so that only what follows it is kept.
    after: Option<Mark>,
    kept: Vec<(Key, Place)>,
    bytes: usize,
    /// How many were found, kept or not.
    total: usize,
    /// How many of the first are needed.
    needed: usize,
}

impl Hits {
    pub(super) fn new(order: Order, part: &Part) -> Self {
        let (after, needed) = match part {
            Part::Index(page) => (None, page.offset().saturating_add(page.count)),
            // One more than there is room for tells whether there is another page.
            Part::Cursor { after, count, .. } => (after.clone(), count + 1),
        };
        Self { order, after, kept: Vec::new(), bytes: 0, total: 0, needed }
    }

    /// Takes in what was found. Fails if so much is needed that there is no room for it.
    pub(super) fn push(&mut self, key: Key, place: Place) -> Result<(), Bad> {
        self.total += 1;
        if self.after.as_ref().is_some_and(|mark| reaches(self.order, mark, &key, place)) {
            return Ok(());
        }
        self.bytes += bytes(&key);
        self.kept.push((key, place));
        if self.kept.len() >= ROOM && self.kept.len() / 2 >= self.needed {
            self.drop_rest();
        }
        if self.bytes <= MOST {
            return Ok(());
        }
        self.drop_rest();
        if self.bytes <= MOST { Ok(()) } else { Err(too_far()) }
    }

    /// The page: what is kept without the first `from`.
    pub(super) fn into_page(mut self, from: usize, count: usize) -> Page {
        let order = self.order;
        self.kept.sort_unstable_by(|one, other| compare(order, one, other));
        let rest = self.kept.get(from..).unwrap_or_default();
        let on_page = &rest[..count.min(rest.len())];
        let end = on_page
            .last()
            .filter(|_| rest.len() > count)
            .map(|(key, place)| place.mark(key.clone()));
        Page { total: self.total, places: on_page.iter().map(|(_, place)| *place).collect(), end }
    }

    fn drop_rest(&mut self) {
        let order = self.order;
        if self.needed < self.kept.len() {
            let last = self.needed.saturating_sub(1);
            self.kept.select_nth_unstable_by(last, |one, other| compare(order, one, other));
            self.kept.truncate(self.needed);
            self.bytes = self.kept.iter().map(|(key, _)| bytes(key)).sum();
        }
    }
}

fn bytes(key: &Key) -> usize {
    let text = match key {
        Key::Text(text) => text.capacity(),
        Key::Bool(_) | Key::Number(_) | Key::Moment(_) | Key::Missing => 0,
    };
    text + size_of::<(Key, Place)>()
}

/// The order of the answer, in which no two are equal.
fn compare(order: Order, one: &(Key, Place), other: &(Key, Place)) -> Ordering {
    order.compare(&one.0, &other.0).then(one.1.cmp(&other.1))
}

/// Whether a mark lies behind a resource, or at it.
fn reaches(order: Order, mark: &Mark, key: &Key, place: Place) -> bool {
    let by_key = order.compare(key, &mark.key);
    let by_place = (place.resource, place.created.0).cmp(&(mark.resource, mark.created));
    by_key.then(by_place) != Ordering::Greater
}

fn too_far() -> Bad {
    let detail = "so much comes before this page that it cannot be sorted; go there by cursor, or ask for less with a filter";
    Bad::new(ScimType::TooMany, detail)
}

#[cfg(test)]
mod tests {
    use events::Digest;
    use proptest::prelude::*;
    use scim::ResourceType;
    use scim::messages;

    use super::*;

    fn key() -> impl Strategy<Value = Key> {
        prop_oneof![
            (0..9_i64).prop_map(Key::Number),
            "[a-c]{0,2}".prop_map(Key::Text),
            Just(Key::Missing)
        ]
    }

    fn found(keys: Vec<Key>) -> Vec<(Key, Place)> {
        let place = |number: usize| {
            let user = Place::new(ResourceType::User, number as u64);
            if number.is_multiple_of(3) {
                Place::new(ResourceType::Group, number as u64)
            } else {
                user
            }
        };
        keys.into_iter().enumerate().map(|(number, key)| (key, place(number))).collect()
    }

    fn order(descending: bool) -> Order {
        if descending { Order::Descending } else { Order::Ascending }
    }

    fn by_index(offset: usize, count: usize) -> Part {
        Part::Index(messages::Page { start_index: offset + 1, count })
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
            let mut hits = Hits::new(order, &by_index(offset, count));
            for (key, place) in all.clone() {
                hits.push(key, place).unwrap();
            }
            all.sort_by(|one, other| compare(order, one, other));
            let page = hits.into_page(offset, count);
            prop_assert_eq!(page.total, all.len());
            let expected: Vec<_> =
                all.iter().skip(offset).take(count).map(|(_, place)| *place).collect();
            prop_assert_eq!(page.places, expected);
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
                let part = Part::Cursor { after, count, question: Digest::of(b"") };
                let mut hits = Hits::new(order, &part);
                for (key, place) in all.clone() {
                    hits.push(key, place).unwrap();
                }
                let page = hits.into_page(0, count);
                prop_assert_eq!(page.total, all.len());
                walked.extend(page.places);
                after = page.end;
                if after.is_none() {
                    break;
                }
            }
            all.sort_by(|one, other| compare(order, one, other));
            let expected: Vec<_> = all.into_iter().map(|(_, place)| place).collect();
            prop_assert_eq!(walked, expected);
        }
    }

    #[test]
    fn what_is_kept_depends_on_the_page_and_not_on_how_many_are_found() {
        for many in [2_000, 20_000] {
            let mut hits = Hits::new(Order::Ascending, &by_index(0, 30));
            for number in 0..many {
                let name = Key::Text(format!("{:08}", many - number));
                hits.push(name, Place::new(ResourceType::User, number)).unwrap();
                assert!(hits.kept.len() <= ROOM, "{} of {number} are kept", hits.kept.len());
            }
            assert_eq!(hits.into_page(0, 30).total, usize::try_from(many).unwrap());
        }
    }

    #[test]
    fn a_page_far_behind_long_names_is_refused_before_they_take_all_memory() {
        let mut hits = Hits::new(Order::Ascending, &by_index(10_000_000, 1));
        let mut pushed = 0_u64;
        let refused = loop {
            let name = Key::Text("x".repeat(1000));
            match hits.push(name, Place::new(ResourceType::User, pushed)) {
                Ok(()) => pushed += 1,
                Err(refused) => break refused,
            }
            assert!(pushed < 100_000, "more than 100 MB of names are kept");
        };
        assert_eq!(refused.scim_type, Some(ScimType::TooMany));
    }
}
