//! Many changes made few: of several to one row within a batch, what is left of them at its end.

use std::collections::{BTreeMap, BTreeSet};

use events::{
    AlertId, CredentialId, EmployeeId, IntegrationId, IntegrationProfile, Tenant, TenantId,
};
use jiff::Timestamp;

use crate::change::{AlertRow, Change, CredentialRow, DecisionRow, EmployeeRow, Moment};

/// What a batch of changes leaves to be written: each row once, so that the order of the
/// statements does not matter, except that `comebacks` come before `employees`, and `erased` last.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) employees: BTreeMap<(Tenant, EmployeeId), Box<EmployeeRow>>,
    /// Who was Active within the batch before they became Former at its end.
    pub(crate) comebacks: BTreeSet<(Tenant, EmployeeId)>,
    /// Every deletion of somebody's resource, in order.
    pub(crate) deletions: Vec<(Tenant, EmployeeId, Moment)>,
    pub(crate) erased: BTreeSet<(Tenant, EmployeeId)>,
    pub(crate) tenants: BTreeMap<Tenant, (TenantId, Timestamp)>,
    pub(crate) integrations: BTreeMap<Tenant, IntegrationRow>,
    pub(crate) deactivations: BTreeSet<(Tenant, IntegrationId)>,
    pub(crate) credentials: BTreeMap<(Tenant, CredentialId), CredentialRow>,
    pub(crate) revocations: BTreeMap<(Tenant, CredentialId), Timestamp>,
    pub(crate) alerts: BTreeMap<(Tenant, AlertId), AlertRow>,
    /// On alerts that are not among `alerts`.
    pub(crate) decisions: BTreeMap<(Tenant, AlertId), DecisionRow>,
    pub(crate) alert_people: BTreeMap<(Tenant, AlertId, EmployeeId), Moment>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct IntegrationRow {
    pub(crate) integration: IntegrationId,
    pub(crate) profile: IntegrationProfile,
    pub(crate) active: bool,
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
            Change::Employee(row) => self.employee(row),
            Change::Erased { tenant, employee } => {
                self.erased.insert((tenant, employee));
            }
            Change::Tenant { tenant, id, created_at } => {
                self.tenants.insert(tenant, (id, created_at));
            }
            Change::Activated { tenant, integration, profile } => {
                self.integrations
                    .insert(tenant, IntegrationRow { integration, profile, active: true });
            }
            Change::Deactivated { tenant, integration } => {
                match self.integrations.get_mut(&tenant) {
                    Some(row) => row.active &= row.integration != integration,
                    None => {
                        self.deactivations.insert((tenant, integration));
                    }
                }
            }
            Change::Issued(row) => {
                self.credentials.insert((row.tenant.clone(), row.credential), row);
            }
            Change::Revoked { tenant, credential, at } => {
                match self.credentials.get_mut(&(tenant.clone(), credential)) {
                    Some(row) => row.revoked_at = row.revoked_at.or(Some(at)),
                    None => {
                        self.revocations.entry((tenant, credential)).or_insert(at);
                    }
                }
            }
            Change::Alert(row) => {
                self.alerts.insert((row.tenant.clone(), row.alert), row);
            }
            Change::Decided { tenant, alert, decision } => {
                let key = (tenant, alert);
                match self.alerts.get_mut(&key) {
                    Some(row) => row.decision = Some(decision),
                    None => {
                        self.decisions.insert(key, decision);
                    }
                }
            }
            Change::AlertPerson { tenant, alert, employee, added } => {
                self.alert_people.insert((tenant, alert, employee), added);
            }
        }
    }

    /// A later row takes over when the person joined and, while they stay Former, when they left.
    fn employee(&mut self, mut row: Box<EmployeeRow>) {
        let key = (row.tenant.clone(), row.employee);
        self.deletions.extend(row.gone.map(|gone| (row.tenant.clone(), row.employee, gone)));
        if let Some(before) = self.employees.get(&key) {
            row.joined_at = before.joined_at;
            row.gone = row.gone.or(before.gone);
            match (before.left, row.left) {
                (Some(left), Some(_)) => row.left = Some(left),
                (None, Some(_)) => {
                    self.comebacks.insert(key.clone());
                }
                (Some(_) | None, None) => {}
            }
        }
        self.employees.insert(key, row);
    }
}
