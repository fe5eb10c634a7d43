//! Lists, page by page.

use deadpool_postgres::Client;
use directory::Directory;
use directory::queries::{
    Counts, Employee, QueryError, Search, Sort, SortBy, SortOrder, counts, employee, employees,
    employees_by_id,
};
use events::{Event, Standing, Tenant};
use projector::Projection;

use crate::given::{ADA, ada, named};
use kit::projection::{World, acme, build, log, recorded};

async fn found(client: &Client, search: &Search) -> Vec<Employee> {
    let (mut found, mut after) = (vec![], None);
    loop {
        let page = employees(client, &acme(), search, after.as_deref(), 2).await.unwrap();
        assert!(page.rows.len() <= 2);
        found.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

async fn names(client: &Client, search: &Search) -> Vec<String> {
    found(client, search).await.into_iter().map(|employee| employee.display_name).collect()
}

fn text(text: &str) -> Search {
    Search { text: Some(text.to_owned()), ..Search::default() }
}

#[test]
fn employees_come_by_name_whatever_its_case_and_each_once() {
    let names_told = ["Zoe", "adam", "Adam", "Änne", "eve", "Eve", "Bea"];
    let log =
        log((0..).zip(names_told).map(|(n, name)| named(n, &format!("u{n}@x.example"), name)));
    World::new().run(async |client| {
        build::<Directory>(client, "directory", &log, 10).await;
        let expected = ["adam", "Adam", "Bea", "eve", "Eve", "Zoe", "Änne"];
        assert_eq!(names(client, &Search::default()).await, expected);
    });
}

fn sorted(by: SortBy, order: SortOrder) -> Search {
    Search { sort: Sort { by, order }, ..Search::default() }
}

/// Somebody who comes, and who has left again if they are Former.
fn came(number: u128, user_name: &str, display_name: &str, standing: Standing) -> Vec<Event> {
    let came = named(number, user_name, display_name);
    let Event::UserCreated(mut left) = came.clone() else { panic!("somebody comes") };
    left.standing = Standing::Former;
    match standing {
        Standing::Active => vec![came],
        Standing::Former => vec![came, Event::UserChanged(left)],
    }
}

#[test]
fn people_are_sorted_by_what_is_asked_for_in_both_directions_and_each_comes_once() {
    let log = log([
        came(1, "zoe@x.example", "Ann", Standing::Former),
        came(2, "Bea@x.example", "Zoe", Standing::Active),
        came(3, "ada@x.example", "Bea", Standing::Former),
        came(4, "eve@x.example", "Eve", Standing::Active),
        came(5, "yan@x.example", "Dan", Standing::Active),
    ]
    .concat());
    let orders = [
        (SortBy::DisplayName, ["Ann", "Bea", "Dan", "Eve", "Zoe"]),
        (SortBy::UserName, ["Bea", "Zoe", "Eve", "Dan", "Ann"]),
        (SortBy::Standing, ["Dan", "Eve", "Zoe", "Ann", "Bea"]),
        (SortBy::JoinedAt, ["Ann", "Zoe", "Bea", "Eve", "Dan"]),
        (SortBy::LeftAt, ["Zoe", "Eve", "Dan", "Ann", "Bea"]),
    ];
    World::new().run(async |client| {
        build::<Directory>(client, "directory", &log, 10).await;
        for (by, mut expected) in orders {
            assert_eq!(names(client, &sorted(by, SortOrder::Ascending)).await, expected, "{by:?}");
            expected.reverse();
            assert_eq!(names(client, &sorted(by, SortOrder::Descending)).await, expected, "{by:?}");
            let former =
                Search { standing: Some(Standing::Former), ..sorted(by, SortOrder::Descending) };
            let mut found = names(client, &former).await;
            found.sort_unstable();
            assert_eq!(found, ["Ann", "Bea"], "{by:?}");
        }
        let one = Search {
            user_name: Some("EVE@x.example".to_owned()),
            ..sorted(SortBy::LeftAt, SortOrder::Descending)
        };
        assert_eq!(names(client, &one).await, ["Eve"]);
    });
}

#[test]
fn whoever_stays_as_they_are_comes_once_in_every_order_while_others_come_and_leave_between_the_pages()
 {
    let names_told = ["Gus", "Ada", "Fay", "Bea", "Eve", "Cyd", "Dan"];
    let start: Vec<Event> = (0..)
        .zip(names_told)
        .map(|(n, name)| named(n, &format!("{name}@x.example"), name))
        .collect();
    World::new().run(async |client| {
        let mut told = start.clone();
        build::<Directory>(client, "directory", &log(told.clone()), 10).await;
        let mut number = 100;
        for by in [
            SortBy::DisplayName,
            SortBy::UserName,
            SortBy::Standing,
            SortBy::JoinedAt,
            SortBy::LeftAt,
        ] {
            for order in [SortOrder::Ascending, SortOrder::Descending] {
                let (mut found, mut after) = (vec![], None);
                loop {
                    let page =
                        employees(client, &acme(), &sorted(by, order), after.as_deref(), 2).await;
                    let page = page.unwrap();
                    found.extend(page.rows.into_iter().map(|employee| employee.display_name));
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                    // One comes whose name is before all, and one whose name is after all, who leaves.
                    number += 2;
                    let came = [
                        came(
                            number,
                            &format!("a{number}@x.example"),
                            "A new one",
                            Standing::Active,
                        ),
                        came(
                            number + 1,
                            &format!("z{number}@x.example"),
                            "Z new one",
                            Standing::Former,
                        ),
                    ];
                    if number < 140 {
                        told.extend(came.concat());
                        build::<Directory>(client, "directory", &log(told.clone()), 10).await;
                    }
                }
                found.retain(|name| names_told.contains(&name.as_str()));
                found.sort_unstable();
                assert_eq!(
                    found,
                    ["Ada", "Bea", "Cyd", "Dan", "Eve", "Fay", "Gus"],
                    "{by:?} {order:?}"
                );
            }
        }
    });
}

#[test]
fn a_cursor_of_one_order_is_none_of_another() {
    let log = log((0..5).map(|n| named(n, &format!("u{n}@x.example"), "Ann")));
    World::new().run(async |client| {
        build::<Directory>(client, "directory", &log, 10).await;
        let up = sorted(SortBy::UserName, SortOrder::Ascending);
        let cursor = employees(client, &acme(), &up, None, 2).await.unwrap().next.unwrap();
        for other in [
            sorted(SortBy::UserName, SortOrder::Descending),
            sorted(SortBy::JoinedAt, SortOrder::Ascending),
            Search::default(),
        ] {
            let answer = employees(client, &acme(), &other, Some(&cursor), 2).await;
            assert!(matches!(answer, Err(QueryError::BadCursor(_))), "{answer:?}");
        }
    });
}

#[test]
fn a_search_looks_at_names_and_external_id_and_means_its_letters() {
    let log = log([
        Event::UserCreated(ada(Standing::Active)),
        named(1, "per_cent@x.example", "100%"),
        named(2, "bob@x.example", "BOB ØRSTED"),
    ]);
    World::new().run(async |client| {
        build::<Directory>(client, "directory", &log, 10).await;
        for (search, expected) in [
            ("LOVE", vec!["Ada Lovelace"]),
            ("acme.EX", vec!["Ada Lovelace"]),
            ("A-1", vec!["Ada Lovelace"]),
            ("%", vec!["100%"]),
            ("_", vec!["100%"]),
            ("ørsted", vec!["BOB ØRSTED"]),
            (r"\", vec![]),
            ("o", vec!["Ada Lovelace", "BOB ØRSTED"]),
        ] {
            assert_eq!(names(client, &text(search)).await, expected, "{search}");
        }
    });
}

#[test]
fn filters_say_exactly_whom_they_mean_and_go_together() {
    let log = log([
        Event::UserCreated(ada(Standing::Former)),
        named(1, "Bob@x.example", "Bob"),
        named(2, "eve@x.example", "Eve"),
    ]);
    let by_name = |name: &str| Search { user_name: Some(name.to_owned()), ..Search::default() };
    let by_id = |id: &str| Search { external_id: Some(id.to_owned()), ..Search::default() };
    let standing = |standing| Search { standing: Some(standing), ..Search::default() };
    World::new().run(async |client| {
        build::<Directory>(client, "directory", &log, 10).await;
        for (search, expected) in [
            (by_name("BOB@X.example"), vec!["Bob"]),
            (by_name("bob"), vec![]),
            (by_id("a-1"), vec!["Ada Lovelace"]),
            (by_id("A-1"), vec![]),
            (standing(Standing::Former), vec!["Ada Lovelace"]),
            (standing(Standing::Active), vec!["Bob", "Eve"]),
            (Search { standing: Some(Standing::Former), ..by_name("eve@x.example") }, vec![]),
            (
                Search { external_id: Some("a-1".into()), ..by_name("ada@acme.example") },
                vec!["Ada Lovelace"],
            ),
            (Search { external_id: Some("a-2".into()), ..by_name("ada@acme.example") }, vec![]),
            (Search { standing: Some(Standing::Active), ..text("b") }, vec!["Bob"]),
        ] {
            assert_eq!(names(client, &search).await, expected, "{search:?}");
        }
        let counted = counts(client, &acme()).await.unwrap();
        assert_eq!(counted, Counts { active: 2, former: 1, held: 0 });
    });
}

#[test]
fn a_tenant_sees_nothing_of_another() {
    let other: Tenant = "other".parse().unwrap();
    let log = [
        recorded(&acme(), 1, Event::UserCreated(ada(Standing::Active))),
        recorded(&other, 2, named(1, "bob@x.example", "Bob")),
    ];
    World::new().run(async |client| {
        build::<Directory>(client, Directory::NAME, &log, 10).await;
        assert_eq!(names(client, &Search::default()).await, ["Ada Lovelace"]);
        assert_eq!(employee(client, &other, ADA).await.unwrap(), None);
        assert!(employees_by_id(client, &other, &[ADA]).await.unwrap().is_empty());
        assert_eq!(employees_by_id(client, &acme(), &[ADA]).await.unwrap().len(), 1);
        assert_eq!(counts(client, &other).await.unwrap(), Counts { active: 1, former: 0, held: 0 });
    });
}

#[test]
fn a_made_up_cursor_is_a_bad_value_and_no_breakdown() {
    World::new().run(async |client| {
        build::<Directory>(client, "directory", &[], 1).await;
        // The second is `["\u0000", nil]`: Postgres holds no U+0000.
        let nul = "WyJcdTAwMDAiLCIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAiXQ";
        for cursor in ["made up", nul] {
            let answer = employees(client, &acme(), &Search::default(), Some(cursor), 10).await;
            assert!(matches!(answer, Err(QueryError::BadCursor(_))), "{cursor}: {answer:?}");
        }
    });
}
