//! What the directory can be asked.
//!
//! Each question takes a client or a transaction, so that several can share one snapshot.

mod access;
mod alerts;
mod employees;
mod find_person;
mod people;
mod sort;

pub use access::{ApiToken, Integration, TenantEntry, api_token, knows_secret, tenants};
pub use alerts::{
    Alert, AlertCause, Decision, OpenAlert, Thresholds, alert, alert_people, alerts, open_alerts,
};
pub use employees::{
    Counts, Employee, EmployeeDetail, Held, Search, StandingName, counts, employee, employees,
    employees_by_id,
};
pub use find_person::find_person;
pub(crate) use people::PEOPLE;
pub use projector::sql::{BadCursor, Page, QueryError};
pub use sort::{Sort, SortBy, SortOrder};
