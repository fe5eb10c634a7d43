//! Who works here, and who did.

use std::collections::HashMap;

use deadpool_postgres::GenericClient;
use events::{AlertId, EmployeeId, ResourceId, Standing, Tenant};
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};
use utoipa::ToSchema;
use uuid::Uuid;

use super::sort::{Sort, sorted};
use crate::write::standing as standing_name;
use projector::sql::searched;
use projector::sql::{Page, QueryError, key, page};

/// An employee, Active or Former.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Employee {
    #[schema(value_type = Uuid)]
    pub id: EmployeeId,
    /// The SCIM resource that describes this person; null once it was deleted.
    #[schema(value_type = Option<Uuid>, required = true)]
    pub resource_id: Option<ResourceId>,
    pub user_name: String,
    #[schema(required = true)]
    pub external_id: Option<String>,
    /// What the directory calls them, else given and family name, else the user name.
    pub display_name: String,
    #[schema(value_type = StandingName)]
    pub standing: Standing,
    /// False for a Workplace user name that is no e-mail address.
    pub can_sign_in: bool,
    #[schema(value_type = String, format = DateTime)]
    pub joined_at: Timestamp,
    /// When a Former person left; null while they are Active.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub left_at: Option<Timestamp>,
    /// The hold that keeps a leaver Active until an administrator decides; null for all others.
    #[schema(required = true)]
    pub held: Option<Held>,
    #[schema(value_type = String, format = DateTime)]
    pub changed_at: Timestamp,
}

// How the document describes a `Standing`.
/// Whether somebody is with the company.
#[derive(Debug, ToSchema)]
#[schema(as = Standing, rename_all = "lowercase")]
pub enum StandingName {
    Active,
    /// Whoever was deactivated or deleted.
    Former,
}

/// Why somebody is Active although the directory says that they left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    #[schema(value_type = Uuid)]
    pub alert_id: AlertId,
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

/// An employee with everything that the directory says about them.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EmployeeDetail {
    #[serde(flatten)]
    pub employee: Employee,
    /// The SCIM attributes, every value as it was sent.
    #[schema(value_type = Object)]
    pub profile: serde_json::Value,
}

/// Which employees a list shows; all that is not given stays open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// A part of the display name, user name or external id, whatever its case.
    pub text: Option<String>,
    pub standing: Option<Standing>,
    /// The whole user name, whatever its case.
    pub user_name: Option<String>,
    /// The whole external id, to the letter.
    pub external_id: Option<String>,
    /// Whether they are held: Active until somebody decides.
    pub held: Option<bool>,
    /// In which order.
    pub sort: Sort,
}

/// How many employees there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EmployeeCounts)]
pub struct Counts {
    #[schema(minimum = 0)]
    pub active: i64,
    #[schema(minimum = 0)]
    pub former: i64,
    /// Those of the Active who are it only until an administrator decides.
    #[schema(minimum = 0)]
    pub held: i64,
}

/// The employees whom `search` finds, in the order that it asks for; `after` is `next` of the page before.
pub async fn employees(
    client: &impl GenericClient,
    tenant: &Tenant,
    search: &Search,
    after: Option<&str>,
    limit: u16,
) -> Result<Page<Employee>, QueryError> {
    if search.sort != Sort::default() {
        return sorted(client, tenant, search, after, limit).await;
    }
    let start = (String::new(), Uuid::nil());
    let (name, id) = key(after, start, |(name, _)| !name.contains('\0'))?;
    let tenant = tenant.as_str();
    let one_more = i64::from(limit) + 1;
    let text = search.text.as_deref().map(searched);
    let standing = search.standing.map(standing_name);
    let user_name = search.user_name.as_deref().map(str::to_lowercase);
    let mut values: Vec<&(dyn ToSql + Sync)> =
        vec![&tenant, &name, &id, &one_more, &text, &standing, &search.held];
    // A statement for each index, since one plan has to serve all values.
    let sql = match (&user_name, &search.external_id) {
        (Some(name), external_id) => {
            values.push(name);
            values.push(external_id);
            include_str!("../../sql/read/employees_by_user_name.sql")
        }
        (None, Some(external_id)) => {
            values.push(external_id);
            include_str!("../../sql/read/employees_by_external_id.sql")
        }
        (None, None) => include_str!("../../sql/read/employees.sql"),
    };
    let statement = client.prepare_cached(sql).await?;
    let rows = client.query(&statement, &values).await?;
    let found = rows.iter().map(|row| {
        let employee = read(row)?;
        let key = (row.try_get::<_, String>("display_key")?, employee.id.0);
        Ok((employee, key))
    });
    Ok(page(found.collect::<Result<Vec<_>, Error>>()?, limit))
}

/// One employee.
pub async fn employee(
    client: &impl GenericClient,
    tenant: &Tenant,
    id: EmployeeId,
) -> Result<Option<EmployeeDetail>, Error> {
    let statement = client.prepare_cached(include_str!("../../sql/read/employee.sql")).await?;
    let row = client.query_opt(&statement, &[&tenant.as_str(), &id.0]).await?;
    row.map(|row| Ok(EmployeeDetail { employee: read(&row)?, profile: row.try_get("profile")? }))
        .transpose()
}

/// Those of `ids` who are in the directory.
pub async fn employees_by_id(
    client: &impl GenericClient,
    tenant: &Tenant,
    ids: &[EmployeeId],
) -> Result<HashMap<EmployeeId, Employee>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let sql = include_str!("../../sql/read/employees_by_id.sql");
    let statement = client.prepare_cached(sql).await?;
    let rows = client.query(&statement, &[&tenant.as_str(), &ids]).await?;
    rows.iter().map(|row| read(row).map(|employee| (employee.id, employee))).collect()
}

/// How many employees the tenant has, by standing.
pub async fn counts(client: &impl GenericClient, tenant: &Tenant) -> Result<Counts, Error> {
    let statement = client.prepare_cached(include_str!("../../sql/read/counts.sql")).await?;
    let row = client.query_one(&statement, &[&tenant.as_str()]).await?;
    Ok(Counts {
        active: row.try_get("active")?,
        former: row.try_get("former")?,
        held: row.try_get("held")?,
    })
}

pub(super) fn read(row: &Row) -> Result<Employee, Error> {
    let resource_gone: bool = row.try_get("resource_gone")?;
    let resource = ResourceId(row.try_get("resource")?);
    let left_at: Option<Timestamp> = row.try_get("left_at")?;
    Ok(Employee {
        id: EmployeeId(row.try_get("employee")?),
        resource_id: (!resource_gone).then_some(resource),
        user_name: row.try_get("user_name")?,
        external_id: row.try_get("external_id")?,
        display_name: row.try_get("display_name")?,
        standing: if left_at.is_some() { Standing::Former } else { Standing::Active },
        can_sign_in: row.try_get("can_sign_in")?,
        joined_at: row.try_get("joined_at")?,
        left_at,
        held: held(row)?,
        changed_at: row.try_get("changed_at")?,
    })
}

fn held(row: &Row) -> Result<Option<Held>, Error> {
    let alert: Option<Uuid> = row.try_get("held_by")?;
    let since: Option<Timestamp> = row.try_get("held_since")?;
    Ok(alert.zip(since).map(|(alert, since)| Held { alert_id: AlertId(alert), since }))
}
