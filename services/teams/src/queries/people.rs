//! What the tables have to do with people.

use projector::{People, RowsOfPeople};

/// By this teams are compared, and one person's rows replaced.
pub(crate) const PEOPLE: People = People {
    rows: &[
        RowsOfPeople::by_employee("resources"),
        RowsOfPeople {
            table: "members",
            people: "SELECT x.employee FROM resources x
                     WHERE x.tenant = r.tenant AND x.resource = r.resource",
            of_person: Some(
                "r.tenant = $1 AND r.resource IN (
                    SELECT x.resource FROM resources x WHERE x.tenant = $1 AND x.employee = $2
                )",
            ),
        },
        RowsOfPeople::by_employee("local_edits"),
        RowsOfPeople::by_employee("chosen_primaries"),
        RowsOfPeople {
            table: "teams",
            people: "SELECT m.employee FROM effective_memberships m
                     WHERE m.tenant = r.tenant AND m.team = r.team",
            of_person: None,
        },
    ],
    seen: include_str!("../../sql/read/seen_of_people.sql"),
};
