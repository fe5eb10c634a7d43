//! Lists, page by page.

use events::{EmployeeId, TeamId};
use teams::Teams;
use teams::queries::{Edit, Kind, Origin, QueryError, layers, members, team, team_edits, teams};
use uuid::Uuid;

use crate::given::{
    ADA, CORE, DATA, EDGE, added, assigned, chosen, group, group_gone, joined, own_team, unassigned,
};
use kit::projection::{World, acme, at, build, log, recorded};

fn person(number: u128) -> EmployeeId {
    EmployeeId(Uuid::from_u128(1000 + number))
}

#[test]
fn teams_come_by_name_whatever_its_case_and_each_once() {
    let ids: Vec<TeamId> = (0..7).map(|n| TeamId(Uuid::from_u128(100 - n))).collect();
    let names = ["zoo", "Ärzte", "alpha", "Alpha", "beta", "BETA", "100 %"];
    let log = log(ids.iter().zip(names).map(|(id, name)| group(*id, name)));
    World::new().run(async |client| {
        build::<Teams>(client, "teams", &log, 7).await;
        let (mut found, mut after) = (vec![], None);
        loop {
            let page = teams(client, &acme(), None, after.as_deref(), 2).await.unwrap();
            assert!(page.rows.len() <= 2);
            found.extend(page.rows.into_iter().map(|team| team.name));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, ["100 %", "Alpha", "alpha", "BETA", "beta", "zoo", "Ärzte"]);
    });
}

#[test]
fn a_search_finds_its_letters_anywhere_and_means_them() {
    let log = log([group(CORE, "Core 100%"), group(DATA, "Data_100"), group(EDGE, "ÄRZTE")]);
    World::new().run(async |client| {
        build::<Teams>(client, "teams", &log, 7).await;
        for (text, expected) in [
            ("100", vec!["Core 100%", "Data_100"]),
            ("%", vec!["Core 100%"]),
            ("_", vec!["Data_100"]),
            ("CORE", vec!["Core 100%"]),
            ("ärz", vec!["ÄRZTE"]),
            (r"\", vec![]),
        ] {
            let page = teams(client, &acme(), Some(text), None, 10).await.unwrap();
            let names: Vec<String> = page.rows.into_iter().map(|team| team.name).collect();
            assert_eq!(names, expected, "{text}");
        }
    });
}

#[test]
fn members_come_in_order_of_joining_with_what_the_team_is_to_them() {
    let people: Vec<EmployeeId> = (0..5).map(person).collect();
    let log = log(people
        .iter()
        .map(|employee| joined(*employee))
        .chain([group(CORE, "Core"), group(DATA, "Data")])
        .chain([added(DATA, &people[3..4]), added(CORE, &people[2..]), added(CORE, &people[..1])])
        .chain([chosen(people[4], CORE), assigned(people[1], CORE)]));
    World::new().run(async |client| {
        build::<Teams>(client, "teams", &log, 100).await;
        let (mut found, mut after) = (vec![], None);
        loop {
            let page = members(client, &acme(), CORE, after.as_deref(), 2).await.unwrap();
            found.extend(page.rows);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let seen: Vec<_> =
            found.iter().map(|member| (member.employee_id, member.kind, member.since)).collect();
        let expected = [
            (people[2], Kind::Primary, at(9)),
            (people[3], Kind::Additional, at(9)),
            (people[4], Kind::Primary, at(9)),
            (people[0], Kind::Primary, at(10)),
            (people[1], Kind::Primary, at(12)),
        ];
        assert_eq!(seen, expected);
        assert_eq!(found[4].origin, Origin::Local);
        assert_eq!(found[4].by.as_deref(), Some("portal:grace"));
        assert_eq!(team(client, &acme(), CORE).await.unwrap().unwrap().members, 5);
    });
}

#[test]
fn the_layers_of_a_persons_teams_are_told_apart_as_they_were_decided() {
    let log = log([joined(ADA), group(CORE, "Core"), group(DATA, "Data"), own_team(EDGE, "Choir")]
        .into_iter()
        .chain([added(CORE, &[ADA]), added(DATA, &[ADA]), unassigned(ADA, CORE)])
        .chain([assigned(ADA, EDGE), chosen(ADA, DATA)]));
    World::new().run(async |client| {
        build::<Teams>(client, "teams", &log, 100).await;
        let told = layers(client, &acme(), ADA).await.unwrap();
        let synced: Vec<_> = told.synced.iter().map(|team| (team.id, team.since)).collect();
        assert_eq!(synced, [(CORE, at(5)), (DATA, at(6))]);
        let edits: Vec<_> =
            told.edits.iter().map(|edit| (edit.team_id, edit.edit, edit.at)).collect();
        assert_eq!(edits, [(CORE, Edit::Unassigned, at(7)), (EDGE, Edit::Assigned, at(8))]);
        assert!(told.edits.iter().all(|edit| edit.by == "portal:grace"));
        let chosen = told.chosen_primary.unwrap();
        assert_eq!((chosen.team_id, &*chosen.by, chosen.at), (DATA, "portal:grace", at(9)));
        let of_core = team_edits(client, &acme(), CORE, None, 5).await.unwrap();
        assert_eq!((of_core.rows, of_core.next), (told.edits[..1].to_vec(), None));
        let other = layers(client, &"globex".parse().unwrap(), ADA).await.unwrap();
        assert_eq!((other.synced, other.edits, other.chosen_primary), (vec![], vec![], None));
    });
}

#[test]
fn a_team_that_is_gone_is_not_found() {
    let log = log([group(CORE, "Core"), joined(ADA), added(CORE, &[ADA]), group_gone(CORE)]);
    World::new().run(async |client| {
        build::<Teams>(client, "teams", &log, 2).await;
        assert_eq!(team(client, &acme(), CORE).await.unwrap(), None);
        assert_eq!(members(client, &acme(), CORE, None, 10).await.unwrap().rows, []);
    });
}

#[test]
fn a_tenant_sees_nothing_of_another() {
    let mut log = log([group(CORE, "Core"), joined(ADA), added(CORE, &[ADA])]);
    let other = "other".parse().unwrap();
    log.push(recorded(&other, 4, own_team(DATA, "Data")));
    World::new().run(async |client| {
        build::<Teams>(client, "teams", &log, 2).await;
        assert_eq!(team(client, &other, CORE).await.unwrap(), None);
        assert_eq!(members(client, &other, CORE, None, 10).await.unwrap().rows, []);
        let theirs = teams(client, &other, None, None, 10).await.unwrap().rows;
        assert_eq!(theirs.iter().map(|team| team.id).collect::<Vec<_>>(), [DATA]);
    });
}

#[test]
fn a_made_up_cursor_is_a_bad_value_and_no_breakdown() {
    World::new().run(async |client| {
        build::<Teams>(client, "teams", &[], 1).await;
        // The second is `["\u0000", nil]`: Postgres holds no U+0000.
        let nul = "WyJcdTAwMDAiLCIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAiXQ";
        for cursor in ["made up", nul] {
            let answer = teams(client, &acme(), None, Some(cursor), 10).await;
            assert!(matches!(answer, Err(QueryError::BadCursor(_))), "{cursor}: {answer:?}");
        }
        let answer = members(client, &acme(), CORE, Some("made up"), 10).await;
        assert!(matches!(answer, Err(QueryError::BadCursor(_))), "{answer:?}");
    });
}
