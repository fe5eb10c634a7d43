//! What the read API says of teams, against what it should say.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::baseline::Baseline;
use super::difference::Difference;
use super::expected::{Expected, ExpectedGroup, Presence};
use crate::api::{Api, Employee, Member, Origin, Team, TeamKind};
use crate::client::ClientError;
use crate::cycle::Job;
use crate::mapping::{DESCRIPTION, DISPLAY_NAME, EXTERNAL_ID, value_at};

/// What is needed to judge memberships.
struct Bench<'a> {
    /// The employees of the resources that are alive.
    employee_of: HashMap<&'a str, &'a str>,
    /// Employees whose membership nobody here can judge.
    strangers: HashSet<&'a str>,
}

pub(super) async fn compare(
    job: &Job,
    api: &Api,
    expected: &Expected,
    employees: &[Employee],
    baseline: &Baseline,
    back: &HashSet<String>,
) -> Result<Vec<Difference>, ClientError> {
    let after = &job.client.positions();
    let teams = api.teams(after).await?;
    let members: HashMap<String, Vec<Member>> = stream::iter(&expected.groups)
        .map(async |group| Ok((group.resource.clone(), api.members(&group.resource, after).await)))
        .buffer_unordered(4)
        .try_filter_map(async |(team, members)| match members {
            Ok(members) => Ok(Some((team, members))),
            // That a team is missing is said below, once.
            Err(ClientError::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        })
        .try_collect()
        .await?;
    let bench = Bench::new(expected, employees, baseline, back);
    let mut differences = compare_teams(expected, &teams, baseline);
    for group in &expected.groups {
        if let Some(members) = members.get(&group.resource) {
            differences.extend(bench.compare_members(group, members));
        }
    }
    differences.extend(bench.compare_primary(expected, &members));
    Ok(differences)
}

fn compare_teams(expected: &Expected, teams: &[Team], baseline: &Baseline) -> Vec<Difference> {
    let mut differences = Vec::new();
    let by_id: HashMap<_, _> = teams.iter().map(|team| (team.id.as_str(), team)).collect();
    for group in &expected.groups {
        let id = &group.resource;
        let Some(team) = by_id.get(id.as_str()) else {
            differences.push(Difference::new(format!("team {id} is missing")));
            continue;
        };
        if team.origin != Origin::Synced {
            differences.push(Difference::new(format!("team {id} is not synced")));
        }
        let said = [
            (DISPLAY_NAME, Some(team.name.as_str())),
            (EXTERNAL_ID, team.external_id.as_deref()),
            (DESCRIPTION, team.description.as_deref()),
        ];
        for (path, found) in said {
            let value = value_at(&group.attributes, path).and_then(serde_json::Value::as_str);
            if value.is_some() && found != value {
                differences.push(Difference::new(format!(
                    "team {id} has {found:?} as {path} and should have {value:?}"
                )));
            }
        }
    }
    let ours: HashSet<_> = expected.groups.iter().map(|group| group.resource.as_str()).collect();
    for team in teams.iter().filter(|team| team.origin == Origin::Synced) {
        if !ours.contains(team.id.as_str()) && !baseline.groups.contains_key(&team.id) {
            differences.push(Difference::new(format!("team {} should not be there", team.id)));
        }
    }
    differences
}

impl<'a> Bench<'a> {
    fn new(
        expected: &'a Expected,
        employees: &'a [Employee],
        baseline: &Baseline,
        back: &HashSet<String>,
    ) -> Self {
        let of_resource: HashMap<_, _> = employees
            .iter()
            .filter_map(|e| Some((e.resource_id.as_deref()?, e.id.as_str())))
            .collect();
        let mut employee_of = HashMap::new();
        let mut judged = HashSet::new();
        for user in &expected.users {
            let resource = user.resource.as_str();
            match user.presence {
                Presence::Active | Presence::Disabled => {}
                // With the resource go its memberships; what the product keeps is its own affair.
                Presence::Deleted | Presence::Resumed => continue,
            }
            let Some(employee) = of_resource.get(resource) else { continue };
            employee_of.insert(resource, *employee);
            if !baseline.was_member(resource) && !back.contains(resource) {
                judged.insert(*employee);
            }
        }
        let everybody = employees.iter().map(|employee| employee.id.as_str());
        let strangers = everybody.filter(|employee| !judged.contains(employee)).collect();
        Self { employee_of, strangers }
    }

    fn compare_members(&self, group: &ExpectedGroup, members: &[Member]) -> Vec<Difference> {
        let id = &group.resource;
        // Local edits are the administrator's and never come from Entra.
        let synced: BTreeSet<_> = members
            .iter()
            .filter(|member| member.origin == Origin::Synced)
            .map(|member| member.employee_id.as_str())
            .collect();
        let should: BTreeSet<_> = group
            .members
            .iter()
            .filter_map(|resource| self.employee_of.get(resource.as_str()).copied())
            .collect();
        let missing = should
            .difference(&synced)
            .map(|employee| Difference::new(format!("team {id} lacks employee {employee}")));
        let extra = synced
            .difference(&should)
            .filter(|employee| !self.strangers.contains(*employee))
            .map(|employee| Difference::new(format!("team {id} should not have {employee}")));
        missing.chain(extra).collect()
    }

    /// Everybody in a team has one Primary team, and it is the one they joined first.
    fn compare_primary(
        &self,
        expected: &Expected,
        members: &HashMap<String, Vec<Member>>,
    ) -> Vec<Difference> {
        let mut primaries: HashMap<&str, Vec<&str>> = HashMap::new();
        for (team, members) in members {
            for member in members {
                let primaries = primaries.entry(&member.employee_id).or_default();
                match member.kind {
                    TeamKind::Primary => primaries.push(team),
                    TeamKind::Additional => {}
                }
            }
        }
        let mut differences = Vec::new();
        for (resource, employee) in &self.employee_of {
            if self.strangers.contains(employee) {
                continue;
            }
            let Some(primaries) = primaries.get(employee) else { continue };
            let [found] = primaries.as_slice() else {
                let several = primaries.len();
                differences.push(Difference::new(format!(
                    "employee {employee} has {several} Primary teams and should have one"
                )));
                continue;
            };
            if let Some(first) = expected.primary.get(*resource).filter(|first| first != found) {
                differences.push(Difference::new(format!(
                    "employee {employee} has Primary team {found} and joined {first} first"
                )));
            }
        }
        differences
    }
}
