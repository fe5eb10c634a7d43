//! Why an event could not be applied, in words that hold nothing of a row.

use tokio_postgres::error::SqlState;

use crate::database::SqlError;
use crate::error::ProjectorError;

/// Why an event could not be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cause {
    /// What events that failed alike have in common.
    pub(crate) class: String,
    /// What happened.
    pub(crate) message: String,
}

/// Classes of errors that are about the values of an event: a subquery that finds too many rows, a
/// value that does not fit, a constraint, a limit on a row or an index entry, and what a function or
/// a trigger raises. All other failures are about the server, the schema or the statement: they say
/// nothing of one event.
const OF_VALUES: [&str; 5] = ["21", "22", "23", "54", "P0"];

impl Cause {
    /// Why `error` is about what was to be written; none if it may be about anything else.
    pub(crate) fn of(error: &ProjectorError) -> Option<Self> {
        let ProjectorError::Write(SqlError(error)) = error else { return None };
        let Some(told) = error.as_db_error() else {
            // Only its text tells that the driver could not encode a value.
            let of_value = error.to_string().starts_with("error serializing parameter");
            return of_value.then(|| Self::new(SqlState::DATA_EXCEPTION.code(), None, None));
        };
        let code = told.code().code();
        let of_values = OF_VALUES.iter().any(|class| code.starts_with(class));
        of_values.then(|| Self::new(code, told.constraint(), told.table()))
    }

    /// Postgres' own words may hold values of the row, so they are left out.
    fn new(code: &str, constraint: Option<&str>, table: Option<&str>) -> Self {
        let mut message = format!("{} (SQLSTATE {code})", words(code));
        if let Some(constraint) = constraint {
            message.extend([", constraint ", constraint]);
        }
        if let Some(table) = table {
            message.extend([", table ", table]);
        }
        let place = constraint.or(table);
        let class = place.map_or_else(|| code.to_owned(), |place| format!("{code} {place}"));
        Self { class, message }
    }

    /// The word by which it is counted: the SQLSTATE, or `unreadable`.
    pub(crate) fn word(&self) -> &str {
        self.class.split(' ').next().unwrap_or_default()
    }

    /// The body of an event does not have the shape that its kind promises.
    pub(crate) fn unreadable() -> Self {
        Self {
            class: "unreadable".to_owned(),
            message: "this release cannot read the body of the event".to_owned(),
        }
    }
}

/// What an error of Postgres means, by its code alone.
fn words(code: &str) -> &'static str {
    match (code, code.get(..2)) {
        ("23502", _) => "a value is missing that each row must have",
        ("23503", _) => "a row refers to one that is not there",
        ("23505", _) => "there is a row like this already",
        ("23514", _) => "a row violates a check",
        (_, Some("21")) => "a statement finds more rows than it may",
        (_, Some("22")) => "Postgres refuses a value",
        (_, Some("54")) => "a row or an index entry is larger than Postgres allows",
        (_, Some("P0")) => "a function or a trigger refuses the row",
        _ => "a row violates a constraint",
    }
}
