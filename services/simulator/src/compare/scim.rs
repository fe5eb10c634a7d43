//! What SCIM says, against what it should say.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::Value;

use super::baseline::{Baseline, members_of};
use super::difference::{Difference, shown};
use super::expected::{Expected, ExpectedGroup, ExpectedUser, Presence};
use super::listing::list;

use crate::client::{ClientError, ResourceType, id_of};
use crate::cycle::Job;
use crate::mapping::Attribute;

pub(super) async fn compare(
    job: &Job,
    expected: &Expected,
    baseline: &Baseline,
    back: &HashSet<String>,
) -> Result<Vec<Difference>, ClientError> {
    let users = list(&job.client, ResourceType::User).await?;
    let groups = list(&job.client, ResourceType::Group).await?;
    let mut differences: Vec<_> =
        users.complaints.into_iter().chain(groups.complaints).map(Difference::new).collect();
    compare_users(expected, &by_id(&users.resources), baseline, &mut differences);
    let known: HashSet<_> = expected.users.iter().map(|user| user.resource.as_str()).collect();
    // A member whom this run did not provision is nobody's business here.
    let stranger =
        |user: &str| !known.contains(user) || baseline.was_member(user) || back.contains(user);
    compare_groups(expected, &by_id(&groups.resources), baseline, stranger, &mut differences);
    let gone_users = expected
        .users
        .iter()
        .filter(|user| matches!(user.presence, Presence::Deleted | Presence::Resumed))
        .map(|user| (ResourceType::User, &user.resource));
    let gone_groups = expected.gone_groups.iter().map(|group| (ResourceType::Group, group));
    let still_there: Vec<_> = stream::iter(gone_users.chain(gone_groups))
        .map(async |(resource_type, id)| {
            Ok((resource_type, id, job.client.get(resource_type, id).await?))
        })
        .buffer_unordered(4)
        .try_collect()
        .await?;
    for (resource_type, id, found) in still_there {
        if found.is_some() {
            differences.push(Difference::new(format!(
                "{resource_type:?} {id} was deleted and is still read"
            )));
        }
    }
    Ok(differences)
}

fn compare_users(
    expected: &Expected,
    listed: &HashMap<&str, &Value>,
    baseline: &Baseline,
    differences: &mut Vec<Difference>,
) {
    let mut unexpected: HashSet<_> = listed.keys().copied().collect();
    for user in &expected.users {
        unexpected.remove(user.resource.as_str());
        differences.extend(compare_user(user, listed.get(user.resource.as_str()).copied()));
    }
    unexpected.retain(|id| !baseline.users.contains(*id));
    differences.extend(
        unexpected.iter().map(|id| Difference::new(format!("User {id} is listed and is nobody"))),
    );
}

fn compare_user(user: &ExpectedUser, listed: Option<&Value>) -> Vec<Difference> {
    let id = &user.resource;
    match (user.presence, listed) {
        (Presence::Active | Presence::Disabled, Some(resource)) => {
            compare_attributes("User", id, &user.attributes, resource)
        }
        (Presence::Active | Presence::Disabled, None) => {
            vec![Difference::new(format!("User {id} is not listed"))]
        }
        (Presence::Deleted | Presence::Resumed, Some(_)) => {
            vec![Difference::new(format!("User {id} was deleted and is still listed"))]
        }
        (Presence::Deleted | Presence::Resumed, None) => vec![],
    }
}

fn compare_groups(
    expected: &Expected,
    listed: &HashMap<&str, &Value>,
    baseline: &Baseline,
    stranger: impl Fn(&str) -> bool,
    differences: &mut Vec<Difference>,
) {
    let mut unexpected: HashSet<_> = listed.keys().copied().collect();
    for group in &expected.groups {
        unexpected.remove(group.resource.as_str());
        match listed.get(group.resource.as_str()) {
            Some(resource) => differences.extend(compare_group(group, resource, &stranger)),
            None => {
                differences
                    .push(Difference::new(format!("Group {} is not listed", group.resource)));
            }
        }
    }
    for id in unexpected.into_iter().filter(|id| !baseline.groups.contains_key(*id)) {
        differences.push(Difference::new(format!("Group {id} is listed and should not be there")));
    }
}

fn compare_group(
    group: &ExpectedGroup,
    resource: &Value,
    stranger: impl Fn(&str) -> bool,
) -> Vec<Difference> {
    let id = &group.resource;
    let mut differences = compare_attributes("Group", id, &group.attributes, resource);
    let members = members_of(resource);
    for missing in group.members.iter().filter(|member| !members.contains(*member)) {
        differences.push(Difference::new(format!("Group {id} lacks its member {missing}")));
    }
    for extra in &members {
        if !group.members.contains(extra) && !stranger(extra) {
            differences.push(Difference::new(format!("Group {id} has {extra}, who is no member")));
        }
    }
    differences
}

fn compare_attributes(
    resource_type: &str,
    id: &str,
    attributes: &[Attribute],
    resource: &Value,
) -> Vec<Difference> {
    let differs = attributes.iter().filter_map(|Attribute { path, value }| {
        let found = path.read(resource);
        (found != Some(value)).then(|| {
            let found = shown(found);
            Difference::new(format!(
                "{resource_type} {id} has {found} at {path} and should have {value}"
            ))
        })
    });
    differs.collect()
}

fn by_id(resources: &[Value]) -> HashMap<&str, &Value> {
    resources.iter().filter_map(|resource| Some((id_of(resource)?, resource))).collect()
}
