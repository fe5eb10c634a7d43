//! Who is who: the names of those who did something, and whom a form means by a user name.

use std::sync::Arc;

use access::CommandError;
use events::{EmployeeId, TeamId};
use roster::{Group, Roster, TenantRoster};
use serde::Deserialize;

use crate::portal::Portal;
use crate::query;
use crate::refused::Refused;
use crate::signed::Signed;

/// The roster, as far as the log is known to go.
pub(crate) async fn roster(portal: &Portal) -> Result<Arc<Roster>, Refused> {
    Ok(portal.access().current_roster().await.map_err(CommandError::from)?)
}

/// What a person is called, unless they were erased.
pub(crate) fn called(tenant: Option<&TenantRoster>, employee: EmployeeId) -> Option<String> {
    let known = tenant?.people().by_employee(employee)?;
    Some(known.display_name().unwrap_or_else(|| known.user_name().to_owned()))
}

/// What a team is called, a group of Entra's or one of the tenant's own, unless it was deleted.
pub(crate) fn team(tenant: Option<&TenantRoster>, team: TeamId) -> Option<&str> {
    let tenant = tenant?;
    let synced = tenant.groups().get(team).map(Group::display_name);
    synced.or_else(|| tenant.own_team(team).map(|own| own.name.as_str()))
}

#[derive(Debug, Deserialize)]
struct Found {
    employees: Vec<FoundPerson>,
}

#[derive(Debug, Deserialize)]
struct FoundPerson {
    id: EmployeeId,
    standing: String,
}

/// Whoever has this user name: who is Active before who is not. A blank one is nobody's; asked without a
/// name, the API would answer with everybody.
pub(crate) async fn by_user_name(
    portal: &Portal,
    signed: &Signed,
    user_name: &str,
) -> Result<Option<EmployeeId>, Refused> {
    let user_name = user_name.trim();
    if user_name.is_empty() {
        return Ok(None);
    }
    let query = query::write([("userName", user_name)]);
    let path = format!("/api/v1/{}/employees?{query}", signed.tenant);
    let found: Found = portal.apis().get(signed, &path).await?;
    let active = found.employees.iter().find(|person| person.standing == "active");
    Ok(active.or(found.employees.first()).map(|person| person.id))
}
