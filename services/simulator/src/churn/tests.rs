//! The simulated company stays consistent, and one seed gives one history.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::directory::generate;

fn start() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

#[test]
fn in_six_times_ten_days_everything_happens() {
    let mut company = generate(120, 8, 1);
    let mut churn = Churn::new(&company, start(), 1);
    let mut happened: BTreeMap<DirectoryChange, u64> = BTreeMap::new();
    for _ in 0..6 {
        for (what, times) in churn.advance(&mut company) {
            *happened.entry(what).or_default() += times;
        }
    }
    assert_eq!(happened.len(), 15, "something never happened: {happened:?}");
}

proptest! {
    #[test]
    fn life_leaves_a_directory_that_holds_together(
        people in 0usize..60, groups in 0usize..8, seed in 0u64..200,
    ) {
        let mut company = generate(people, groups, seed);
        let mut churn = Churn::new(&company, start(), seed);
        for _ in 0..6 {
            churn.advance(&mut company);
            let logins: HashSet<_> =
                company.people.values().map(|p| p.user_principal_name.to_lowercase()).collect();
            prop_assert_eq!(logins.len(), company.people.len(), "a login name twice");
            let names: HashSet<_> =
                company.groups.values().map(|g| g.display_name.to_lowercase()).collect();
            prop_assert_eq!(names.len(), company.groups.len(), "a group name twice");
            for member in company.groups.values().flat_map(|group| &group.members) {
                prop_assert!(company.people.contains_key(member), "a member who is nobody");
            }
            for person in company.people.values() {
                prop_assert_eq!(person.is_soft_deleted, person.deleted_at.is_some());
            }
        }
    }

    #[test]
    fn one_seed_gives_one_life(seed in 0u64..50) {
        let live = || {
            let mut company = generate(30, 4, seed);
            let mut churn = Churn::new(&company, start(), seed);
            (0..5).map(|_| churn.advance(&mut company)).for_each(drop);
            company
        };
        prop_assert_eq!(live(), live());
    }
}
