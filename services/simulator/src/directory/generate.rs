//! A directory out of nothing but a seed: the same seed always gives the same company.

use std::collections::BTreeSet;

use fastrand::Rng;

use super::names::DEPARTMENTS;
use super::person_generator::{PersonGenerator, pick};
use super::{Directory, Group, ObjectId};

/// Makes up a company of `people` and `groups`, with managers, guests and odd characters in names.
///
/// Two seeds give two companies with no login name in common, so that both can share a tenant.
pub fn generate(people: usize, groups: usize, seed: u64) -> Directory {
    let mut rng = Rng::with_seed(seed);
    let domain = match seed {
        1 => "contoso.com".to_owned(),
        _ => format!("contoso{seed}.com"),
    };
    let mut generator = PersonGenerator::new(rng.u64(..), &domain);
    let mut staff: Vec<_> = (0..people).map(|_| generator.generate()).collect();
    // Everybody reports to somebody hired before them, and the first to nobody: never a circle.
    for reports in 1..staff.len() {
        staff[reports].manager = Some(staff[rng.usize(..reports.min(40))].object_id);
    }
    let mut groups: Vec<_> = (0..groups).map(|number| group(&mut rng, number)).collect();
    if !groups.is_empty() {
        for person in &staff {
            for _ in 0..rng.usize(..4) {
                let chosen = rng.usize(..groups.len());
                groups[chosen].members.insert(person.object_id);
            }
        }
    }
    Directory::of(staff, groups)
}

fn group(rng: &mut Rng, number: usize) -> Group {
    let display_name = match DEPARTMENTS.get(number) {
        Some(department) => (*department).to_owned(),
        None => format!("{} {}", pick(rng, DEPARTMENTS), number + 1),
    };
    Group {
        object_id: ObjectId::draw(rng),
        description: (rng.u8(..3) > 0)
            .then(|| format!("Everybody in “{}”.\nOwner: IT", display_name.trim())),
        display_name,
        members: BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_seed_gives_one_company() {
        assert_eq!(generate(60, 5, 7), generate(60, 5, 7));
        assert_ne!(generate(60, 5, 7), generate(60, 5, 8));
    }

    #[test]
    fn the_usual_company_has_all_that_trips_software_up() {
        let company = generate(500, 25, 1);
        assert_eq!((company.people.len(), company.groups.len()), (500, 25));
        let has =
            |what: &dyn Fn(&crate::directory::Person) -> bool| company.people.values().any(what);
        assert!(has(&|p| p.user_principal_name.contains("#EXT#") && p.mail.is_none()), "a guest");
        assert!(has(&|p| p.user_principal_name.contains('\'')), "an apostrophe in a login name");
        assert!(has(&|p| p.user_principal_name.contains('+')), "a plus sign in a login name");
        assert!(has(&|p| p.display_name.contains('"')), "a quote");
        assert!(has(&|p| p.display_name.contains('\\')), "a backslash");
        assert!(has(&|p| p.display_name.starts_with(' ')), "a leading space");
        assert!(has(&|p| p.display_name.contains('👩')), "an emoji");
        assert!(has(&|p| p.display_name == "True"), "a name that looks like a boolean");
        assert!(has(&|p| p.mobile.is_none()), "somebody without a mobile");
        assert!(has(&|p| p.employee_id.is_none()), "somebody without a payroll key");
    }

    #[test]
    fn two_seeds_have_no_login_name_in_common() {
        let logins = |seed| -> HashSet<String> {
            generate(200, 0, seed).people.into_values().map(|p| p.user_principal_name).collect()
        };
        assert!(logins(1).is_disjoint(&logins(2)));
    }

    proptest! {
        #[test]
        fn names_that_must_be_unique_are(people in 0usize..300, groups in 0usize..60, seed in 0u64..50) {
            let company = generate(people, groups, seed);
            prop_assert_eq!(company.people.len(), people);
            let logins: HashSet<_> =
                company.people.values().map(|p| p.user_principal_name.to_lowercase()).collect();
            prop_assert_eq!(logins.len(), people);
            let teams: HashSet<_> =
                company.groups.values().map(|g| g.display_name.to_lowercase()).collect();
            prop_assert_eq!(teams.len(), groups);
            for member in company.groups.values().flat_map(|g| &g.members) {
                prop_assert!(company.people.contains_key(member));
            }
            for person in company.people.values() {
                if let Some(manager) = person.manager {
                    prop_assert!(company.people.contains_key(&manager));
                }
            }
        }
    }
}
