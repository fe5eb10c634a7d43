//! What the read API says of people, against what it should say.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::baseline::Baseline;
use super::difference::Difference;
use super::expected::{Expected, ExpectedUser, Presence};
use crate::api::{Employee, Standing};
use crate::mapping::{DISPLAY_NAME, EXTERNAL_ID, USER_NAME, value_at};

/// Everybody who ever was provisioned is there, Active or Former, and nobody else.
pub(super) fn compare(
    expected: &Expected,
    employees: &[Employee],
    baseline: &Baseline,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    let by_id: HashMap<_, _> = employees.iter().map(|e| (e.id.as_str(), e)).collect();
    let by_resource: HashMap<_, _> =
        employees.iter().filter_map(|e| Some((e.resource_id.as_deref()?, e))).collect();
    let mut accounted: HashSet<&str> = HashSet::new();
    for user in &expected.users {
        if user.presence == Presence::Resumed {
            continue;
        }
        let found = by_resource
            .get(user.resource.as_str())
            .or_else(|| by_id.get(user.first.as_str()))
            .copied()
            .or_else(|| employees.iter().find(|e| is_gone_resident(user, e, baseline)));
        let Some(employee) = found else {
            let resource = &user.resource;
            differences.push(Difference::new(format!(
                "nobody in the directory is resource {resource}; people never go missing"
            )));
            continue;
        };
        accounted.insert(&employee.id);
        differences.extend(compare_person(user, employee, baseline));
    }
    for employee in employees {
        if !accounted.contains(employee.id.as_str()) && !baseline.employees.contains(&employee.id) {
            differences.push(Difference::new(format!(
                "employee {} is in the directory and was never provisioned",
                employee.id
            )));
        }
    }
    differences
}

/// Whether `employee` is this deleted user under an id from before: no resource names them any more.
fn is_gone_resident(user: &ExpectedUser, employee: &Employee, baseline: &Baseline) -> bool {
    let text = |path| value_at(&user.attributes, path).and_then(Value::as_str);
    user.presence == Presence::Deleted
        && baseline.employees.contains(&employee.id)
        && text(USER_NAME) == Some(employee.user_name.as_str())
        && text(EXTERNAL_ID) == employee.external_id.as_deref()
}

fn compare_person(
    user: &ExpectedUser,
    employee: &Employee,
    baseline: &Baseline,
) -> Vec<Difference> {
    let id = &employee.id;
    let mut differences = Vec::new();
    if *id != user.first && !baseline.employees.contains(id) {
        differences.push(Difference::new(format!(
            "resource {} belongs to employee {id} and should belong to {}",
            user.resource, user.first
        )));
    }
    let standing = match user.presence {
        Presence::Active => Standing::Active,
        Presence::Disabled | Presence::Deleted | Presence::Resumed => Standing::Former,
    };
    if employee.standing != standing {
        differences.push(Difference::new(format!(
            "employee {id} is {:?} and should be {standing:?}",
            employee.standing
        )));
    }
    let said = [
        (USER_NAME, Some(employee.user_name.as_str())),
        (EXTERNAL_ID, employee.external_id.as_deref()),
        (DISPLAY_NAME, employee.display_name.as_deref()),
    ];
    for (path, found) in said {
        // What is not mapped is the server's own affair.
        let Some(value) = value_at(&user.attributes, path).and_then(Value::as_str) else {
            continue;
        };
        if found != Some(value) {
            differences.push(Difference::new(format!(
                "employee {id} has {found:?} as {path} and should have {value:?}"
            )));
        }
    }
    differences
}
