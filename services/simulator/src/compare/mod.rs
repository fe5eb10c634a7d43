//! Reads everything back and says where the target differs from the directory.

mod baseline;
mod difference;
mod expected;
mod listing;
mod people;
mod scim;
mod teams;

pub(crate) use self::baseline::Baseline;
pub use self::difference::Difference;
use crate::api::{Api, Employee};
use crate::client::ClientError;
use crate::cycle::Job;

/// Every difference between the directory of `job` and the target.
pub(crate) async fn compare(
    job: &Job,
    api: Option<&Api>,
    baseline: &Baseline,
) -> Result<Vec<Difference>, ClientError> {
    let expected = expected::expected(job);
    let employees = match api {
        Some(api) => Some(api.employees(&job.client.positions()).await?),
        None => None,
    };
    let back = back_from_before(employees.as_deref().unwrap_or_default(), baseline);
    let mut differences = scim::compare(job, &expected, baseline, &back).await?;
    if let (Some(api), Some(employees)) = (api, employees) {
        differences.extend(people::compare(&expected, &employees, baseline));
        if job.mapping.has_groups() {
            differences
                .extend(teams::compare(job, api, &expected, &employees, baseline, &back).await?);
        }
    }
    Ok(differences)
}

/// The resources of people whom the tenant knew before: they come back with the teams they had.
fn back_from_before(
    employees: &[Employee],
    baseline: &Baseline,
) -> std::collections::HashSet<String> {
    employees
        .iter()
        .filter(|employee| baseline.employees.contains(&employee.id))
        .filter_map(|employee| employee.resource_id.clone())
        .collect()
}
