//! Who lived in the tenant before the simulator came: they are not compared.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::listing::list;
use crate::api::Api;
use crate::client::{Client, ClientError, ResourceType, id_of};

/// What a tenant held before the first cycle.
#[derive(Clone, Debug, Default)]
pub(crate) struct Baseline {
    pub(super) users: HashSet<String>,
    /// Groups with the members they had.
    pub(super) groups: HashMap<String, HashSet<String>>,
    /// Employees, Active and Former, as the read API has them.
    pub(super) employees: HashSet<String>,
}

impl Baseline {
    /// Takes the census of a tenant.
    pub(crate) async fn of(client: &Client, api: Option<&Api>) -> Result<Self, ClientError> {
        let users = list(client, ResourceType::User).await?.resources;
        let groups = list(client, ResourceType::Group).await?.resources;
        let employees = match api {
            Some(api) => api.employees(&client.positions()).await?,
            None => Vec::new(),
        };
        Ok(Self {
            users: users.iter().filter_map(id_of).map(str::to_owned).collect(),
            groups: groups
                .iter()
                .filter_map(|group| Some((id_of(group)?.to_owned(), members_of(group))))
                .collect(),
            employees: employees.into_iter().map(|employee| employee.id).collect(),
        })
    }

    /// Whether this user was in any group before.
    pub(super) fn was_member(&self, user: &str) -> bool {
        self.groups.values().any(|members| members.contains(user))
    }
}

/// The ids of a group's members.
pub(super) fn members_of(group: &Value) -> HashSet<String> {
    let members = group["members"].as_array().map(Vec::as_slice).unwrap_or_default();
    members.iter().filter_map(|member| member["value"].as_str()).map(str::to_owned).collect()
}
