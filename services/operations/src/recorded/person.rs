//! The names of a person who is to be erased, by which their requests are found.

use std::collections::BTreeSet;

use cipher::{Cipher, Context};
use eventlog::{Log, ReadError};
use events::{EmployeeId, Seq, Tenant};
use requests::person_patterns;
use serde_json::Value;

/// The names that a person has and had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    user_names: BTreeSet<String>,
    external_ids: BTreeSet<String>,
}

/// The names that these events of a person tell; those that are overwritten tell none.
pub(crate) async fn names_of(log: &Log, events: &[Seq]) -> Result<Names, ReadError> {
    let mut names = Names::default();
    for seq in events {
        if let Some(entry) = log.get(*seq).await?
            && let Ok(body) = serde_json::from_slice(entry.body())
        {
            names.add(&body);
        }
    }
    Ok(names)
}

impl Names {
    fn add(&mut self, body: &Value) {
        match body {
            Value::Object(members) => {
                for (name, value) in members {
                    match (name.as_str(), value.as_str()) {
                        ("userName", Some(name)) => self.user_names.extend([name.to_lowercase()]),
                        ("externalId", Some(id)) => self.external_ids.extend([id.to_owned()]),
                        _ => self.add(value),
                    }
                }
            }
            Value::Array(values) => values.iter().for_each(|value| self.add(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// The subjects of all that is recorded of the person.
    pub(crate) fn patterns(
        &self,
        cipher: &Cipher,
        tenant: &Tenant,
        employee: EmployeeId,
    ) -> Vec<String> {
        let context = Context { tenant: tenant.as_str(), purpose: "request person" };
        let tags = |names: &BTreeSet<String>| -> Vec<String> {
            names.iter().map(|name| cipher.tag(context, name.as_bytes())).collect()
        };
        person_patterns(tenant, employee, &tags(&self.user_names), &tags(&self.external_ids))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_name_that_an_event_tells_is_one_of_the_persons() {
        let mut names = Names::default();
        names.add(&json!({ "profile": { "userName": "Ada@x", "externalId": "E1" } }));
        names.add(&json!({ "changes": [{ "userName": "ada.l@x" }], "title": "userName" }));
        let set = |of: &[&str]| of.iter().map(|&one| one.to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(names.user_names, set(&["ada@x", "ada.l@x"]));
        assert_eq!(names.external_ids, set(&["E1"]));
    }
}
