//! The list of those whom a restore erases again, as `rollcall erase list --json` printed it. A log is
//! opened by what it says: what is not such a list, whole, is refused.

use std::collections::BTreeMap;
use std::path::Path;

use acts::{By, Certificate};
use anyhow::Context as _;
use events::{EmployeeId, Tenant};
use jiff::Timestamp;
use operations::ListedErasure;
use serde::Deserialize;

use crate::output;

const SCHEMA: &str = "rollcall.erasures.v1";

/// The most characters of an erasure's id.
const MAX_ID: usize = 64;

#[derive(Debug, Deserialize)]
struct List {
    schema: String,
    erasures: Vec<Element>,
}

#[derive(Debug, Deserialize)]
struct Element {
    erasure: ErasureId,
    tenant: Tenant,
    employee_id: EmployeeId,
    planned_by: By,
    planned_at: Timestamp,
    state: String,
    certificate: Option<Certificate>,
}

/// What an erasure is called: it goes into the journal for good.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct ErasureId(String);

impl TryFrom<String> for ErasureId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_id = text.strip_prefix("er_").is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        if is_id && text.len() <= MAX_ID {
            Ok(Self(text))
        } else {
            Err(format!(
                "an erasure is called er_ and letters and figures, {MAX_ID} characters at most"
            ))
        }
    }
}

/// The erasures that were begun: where one is not complete, the person is to go all the same. It is
/// said if there is none.
pub(super) fn read(file: &Path) -> anyhow::Result<Vec<ListedErasure>> {
    let shown = file.display();
    let text = std::fs::read(file).with_context(|| format!("read {shown}"))?;
    let listed = begun(&text).with_context(|| {
        format!("read {shown}, which has to be what `rollcall erase list --json` printed")
    })?;
    if listed.is_empty() {
        output::note(format_args!(
            "{shown} names nobody whose erasure was begun: nobody is erased again"
        ));
    }
    Ok(listed)
}

fn begun(text: &[u8]) -> anyhow::Result<Vec<ListedErasure>> {
    let List { schema, erasures } = serde_json::from_slice(text)?;
    anyhow::ensure!(schema == SCHEMA, "it is no list of erasures: its schema is not {SCHEMA}");
    let mut people = BTreeMap::new();
    let mut listed = Vec::new();
    for erasure in erasures.into_iter().filter(|erasure| erasure.state != "planned") {
        let Element { erasure, tenant, employee_id, planned_by, planned_at, certificate, .. } =
            erasure;
        let ErasureId(erasure) = erasure;
        let person = (tenant.clone(), employee_id);
        // The second would be missing from the journal, and so from the next list.
        let known = people.entry(erasure.clone()).or_insert_with(|| person.clone());
        anyhow::ensure!(*known == person, "erasure {erasure} is that of two people");
        listed.push(ListedErasure {
            erasure,
            tenant,
            employee: employee_id,
            planned_by,
            planned_at,
            certificate,
        });
    }
    Ok(listed)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn element(erasure: &str, employee: u128, state: &str) -> Value {
        json!({
            "erasure": erasure,
            "tenant": "acme",
            "employee_id": uuid::Uuid::from_u128(employee),
            "planned_by": "root",
            "planned_at": "2026-03-02T08:20:00Z",
            "state": state,
            "since": "2026-03-02T08:20:00Z",
            "failed_step": null,
            "why": null,
            "certificate": null,
            "carried_over": null,
        })
    }

    fn read_list(erasures: &Value) -> anyhow::Result<Vec<ListedErasure>> {
        begun(json!({ "schema": SCHEMA, "erasures": erasures }).to_string().as_bytes())
    }

    #[test]
    fn who_is_listed_is_read_but_for_those_whose_erasure_was_only_planned() {
        let list = json!([element("er_7f3c12ab90", 1, "completed"), element("er_1", 2, "planned")]);
        let listed = read_list(&list).expect("a list");
        let told: Vec<_> = listed.iter().map(|it| (&*it.erasure, it.employee)).collect();
        assert_eq!(told, [("er_7f3c12ab90", EmployeeId(uuid::Uuid::from_u128(1)))]);
        assert_eq!(read_list(&json!([])).expect("a list that names nobody"), []);
    }

    #[test]
    fn what_is_no_list_of_erasures_names_nobody_and_is_refused() {
        let of_whole = [
            json!({ "schema": SCHEMA }),
            json!({ "schema": SCHEMA, "erasures": {} }),
            json!({ "schema": SCHEMA, "erasures": "none" }),
            json!({ "schema": SCHEMA, "erasures": null }),
            json!({ "schema": SCHEMA, "erasures": [null] }),
            json!({ "schema": "rollcall.operators.v1", "erasures": [] }),
            json!({ "erasures": [] }),
            json!([]),
        ];
        for bad in of_whole {
            assert!(begun(bad.to_string().as_bytes()).is_err(), "{bad}");
        }
        assert!(begun(b"").is_err());
        let fields = ["erasure", "tenant", "employee_id", "planned_by", "planned_at", "state"];
        for missing in fields {
            let mut element = element("er_1", 1, "completed");
            element.as_object_mut().expect("an object").remove(missing);
            assert!(read_list(&json!([element])).is_err(), "{missing}");
        }
    }

    #[test]
    fn an_erasure_is_called_by_an_id_and_is_of_one_person() {
        for bad in ["", "er_", "Zoe", "er_a b", &format!("er_{}", "x".repeat(MAX_ID))] {
            assert!(read_list(&json!([element(bad, 1, "completed")])).is_err(), "{bad:?}");
        }
        let of_two = json!([element("er_1", 1, "completed"), element("er_1", 2, "incomplete")]);
        let refused = read_list(&of_two).expect_err("two people").to_string();
        assert!(refused.contains("er_1"), "{refused}");
        let twice = json!([element("er_1", 1, "completed"), element("er_1", 1, "completed")]);
        assert!(read_list(&twice).is_ok(), "two lists in one");
    }
}
