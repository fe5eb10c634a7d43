//! What the tables have to do with people.

use projector::{People, RowsOfPeople};

/// By this read models are compared, and one person's rows replaced.
pub(crate) const PEOPLE: People = People {
    rows: &[
        RowsOfPeople::by_employee("leavers"),
        RowsOfPeople::by_employee("alert_people"),
        RowsOfPeople::by_employee("bookings"),
        RowsOfPeople {
            table: "holds",
            people: "SELECT p.employee FROM alert_people p
                     WHERE p.tenant = r.tenant AND p.alert = r.alert",
            of_person: None,
        },
    ],
    seen: include_str!("../../sql/read/seen_of_people.sql"),
};
