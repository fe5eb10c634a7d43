//! The subjects of records, by which they are found: a tenant's, those with errors, a person's.
//!
//! `req.<tenant>.<method>.<ok or error>.<employee>.<user name>.<external id>`. The last two are tags, which
//! nobody can read: somebody may be named whom nobody knows, as by a POST that is refused.

use events::{EmployeeId, Tenant};

/// Stands for what is not known.
const NONE: &str = "-";

/// The subject of a record.
pub fn subject(
    tenant: &Tenant,
    (method, is_error): (&str, bool),
    employee: Option<EmployeeId>,
    (user_name, external_id): (Option<&str>, Option<&str>),
) -> String {
    let method = method.to_ascii_lowercase();
    let outcome = if is_error { "error" } else { "ok" };
    let employee = employee.map_or_else(|| NONE.to_owned(), |employee| employee.to_string());
    let [user_name, external_id] = [user_name, external_id].map(|tag| tag.unwrap_or(NONE));
    format!("req.{tenant}.{method}.{outcome}.{employee}.{user_name}.{external_id}")
}

/// Which records of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    /// Only those that were not done.
    pub errors: bool,
    /// Only those with this method.
    pub method: Option<String>,
    /// Only those about this person.
    pub employee: Option<EmployeeId>,
}

impl Selected {
    /// The subjects, with wildcards.
    pub fn pattern(&self, tenant: &Tenant) -> String {
        let method = self.method.as_deref().unwrap_or("*").to_ascii_lowercase();
        let outcome = if self.errors { "error" } else { "*" };
        let employee = self.employee.map_or_else(|| "*".to_owned(), |one| one.to_string());
        format!("req.{tenant}.{method}.{outcome}.{employee}.*.*")
    }
}

/// The subjects of all that is recorded of a person: by their id, and by the tags of the names that they
/// have and had.
pub fn person_patterns(
    tenant: &Tenant,
    employee: EmployeeId,
    user_names: &[String],
    external_ids: &[String],
) -> Vec<String> {
    let by_id = format!("req.{tenant}.*.*.{employee}.*.*");
    let by_name = user_names.iter().map(|tag| format!("req.{tenant}.*.*.*.{tag}.*"));
    let by_external_id = external_ids.iter().map(|tag| format!("req.{tenant}.*.*.*.*.{tag}"));
    [by_id].into_iter().chain(by_name).chain(by_external_id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, subject: &str) -> bool {
        let (pattern, subject) = (pattern.split('.'), subject.split('.'));
        pattern.clone().count() == subject.clone().count()
            && pattern.zip(subject).all(|(wanted, token)| wanted == "*" || wanted == token)
    }

    #[test]
    fn what_is_recorded_of_a_person_is_found_by_their_id_and_by_each_of_their_names() {
        let tenant: Tenant = "acme".parse().unwrap();
        let ada: EmployeeId = "01890000-0000-7000-8000-000000000001".parse().unwrap();
        let (names, ids) = (["n1".to_owned(), "n2".to_owned()], ["x1".to_owned()]);
        let patterns = person_patterns(&tenant, ada, &names, &ids);
        let found = |subject: &str| patterns.iter().any(|pattern| matches(pattern, subject));
        let hers = [
            subject(&tenant, ("PATCH", false), Some(ada), (None, None)),
            subject(&tenant, ("POST", true), None, (Some("n2"), None)),
            subject(&tenant, ("POST", true), None, (Some("other"), Some("x1"))),
        ];
        assert!(hers.iter().all(|subject| found(subject)));
        let others = [
            subject(&tenant, ("POST", true), None, (Some("n3"), Some("x2"))),
            subject(&tenant, ("GET", false), None, (None, None)),
            subject(&"globex".parse().unwrap(), ("GET", false), Some(ada), (Some("n1"), None)),
        ];
        assert!(!others.iter().any(|subject| found(subject)));
    }

    #[test]
    fn records_are_selected_by_outcome_method_and_person() {
        let tenant: Tenant = "acme".parse().unwrap();
        let refused = subject(&tenant, ("POST", true), None, (None, None));
        let done = subject(&tenant, ("GET", false), None, (None, None));
        let selected = |of: Selected| {
            let pattern = of.pattern(&tenant);
            [&refused, &done].map(|subject| matches(&pattern, subject))
        };
        assert_eq!(selected(Selected::default()), [true, true]);
        assert_eq!(selected(Selected { errors: true, ..Selected::default() }), [true, false]);
        let get = Some("GET".to_owned());
        assert_eq!(selected(Selected { method: get, ..Selected::default() }), [false, true]);
    }
}
