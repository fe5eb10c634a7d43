//! Many changes made few: of several to one row within a batch, what is left of them at its end.

use std::collections::{BTreeMap, BTreeSet};

use events::{EmployeeId, ResourceId, TeamId, Tenant};
use uuid::Uuid;

use crate::change::{Authorship, Change, Edit, Moment, TeamRow};

/// What a batch of changes leaves to be written, each row once.
///
/// `ended`, `absent` and `reset` come before the rows, which are what happened after them. `left`
/// comes after `resources` and `members`: it knows by position which of them it is about. So do the
/// erased, who come last.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) ended: BTreeSet<(Tenant, TeamId)>,
    pub(crate) teams: BTreeMap<(Tenant, TeamId), Option<TeamRow>>,
    pub(crate) resources: BTreeMap<(Tenant, ResourceId), (EmployeeId, i64)>,
    pub(crate) absent: BTreeSet<(Tenant, TeamId, ResourceId)>,
    pub(crate) members: BTreeMap<(Tenant, TeamId, ResourceId), Moment>,
    /// Who left a team, and at which position they did so last.
    pub(crate) left: BTreeMap<(Tenant, TeamId, EmployeeId), i64>,
    pub(crate) erased: BTreeSet<(Tenant, EmployeeId)>,
    /// The resources of the erased, and the positions of the erasures.
    pub(crate) erased_resources: BTreeMap<(Tenant, ResourceId), i64>,
    pub(crate) reset: BTreeSet<(Tenant, EmployeeId)>,
    pub(crate) edits: BTreeMap<(Tenant, EmployeeId, TeamId), (Edit, Authorship)>,
    pub(crate) primaries: BTreeMap<(Tenant, EmployeeId), (TeamId, Authorship)>,
}

impl Batch {
    pub(crate) fn of(changes: Vec<Change>) -> Self {
        let mut batch = Self::default();
        for change in changes {
            batch.take(change);
        }
        batch
    }

    fn take(&mut self, change: Change) {
        match change {
            Change::Team(row) => {
                self.teams.insert((row.tenant.clone(), row.team), Some(row));
            }
            Change::NoTeam { tenant, team } => self.end(tenant, team),
            Change::Resource { tenant, resource, employee, seq } => {
                self.resources.insert((tenant, resource), (employee, seq));
            }
            Change::Member { tenant, team, resource, since } => {
                self.members.insert((tenant, team, resource), since);
            }
            Change::Left { tenant, team, employee, seq } => {
                self.left.insert((tenant, team, employee), seq);
            }
            Change::NoMember { tenant, team, resource } => {
                let key = (tenant, team, resource);
                self.members.remove(&key);
                self.absent.insert(key);
            }
            Change::Edited { tenant, employee, team, edit, by } => {
                self.edits.insert((tenant, employee, team), (edit, by));
            }
            Change::Primary { tenant, employee, team, by } => {
                self.primaries.insert((tenant, employee), (team, by));
            }
            Change::Erased { tenant, employee, resources, seq } => {
                let resources = resources.into_iter().map(|one| ((tenant.clone(), one), seq));
                self.erased_resources.extend(resources);
                self.erased.insert((tenant.clone(), employee));
                self.reset(tenant, employee);
            }
            Change::Reset { tenant, employee } => self.reset(tenant, employee),
        }
    }

    fn end(&mut self, tenant: Tenant, team: TeamId) {
        let all = (tenant.clone(), team, ResourceId(Uuid::nil()))
            ..=(tenant.clone(), team, ResourceId(Uuid::max()));
        self.members.extract_if(all, |_, _| true).for_each(drop);
        self.teams.insert((tenant.clone(), team), None);
        self.ended.insert((tenant, team));
    }

    fn reset(&mut self, tenant: Tenant, employee: EmployeeId) {
        let all = (tenant.clone(), employee, TeamId(Uuid::nil()))
            ..=(tenant.clone(), employee, TeamId(Uuid::max()));
        self.edits.extract_if(all, |_, _| true).for_each(drop);
        self.primaries.remove(&(tenant.clone(), employee));
        self.reset.insert((tenant, employee));
    }
}
