//! What the tables have to do with people.

use projector::{People, RowsOfPeople};

/// By this directories are compared, and one person's rows replaced.
pub(crate) const PEOPLE: People = People {
    rows: &[
        RowsOfPeople::by_employee("employees"),
        RowsOfPeople::by_employee("alert_people"),
        RowsOfPeople {
            table: "alerts",
            people: "SELECT p.employee FROM alert_people p
                     WHERE p.tenant = r.tenant AND p.alert = r.alert",
            of_person: None,
        },
    ],
    seen: include_str!("../../sql/read/seen_of_people.sql"),
};
