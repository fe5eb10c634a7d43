//! What all tenants have together, for metrics: which tenant has it is nobody's business.

use roster::{GuardState, Roster};

/// How much waits for somebody to decide on it.
#[derive(Clone, Copy, Debug)]
pub struct Totals {
    /// Alerts of the mass-change guard without a decision.
    pub open_alerts: usize,
    /// People who left and count as Active until there is one.
    pub held: usize,
}

impl Totals {
    pub(crate) fn of(roster: &Roster) -> Self {
        let guards = || roster.tenants().map(|(_, tenant)| tenant.guard());
        let alerts = guards().flat_map(GuardState::alerts);
        Self {
            open_alerts: alerts.filter(|alert| alert.decision.is_none()).count(),
            held: guards().map(GuardState::held).sum(),
        }
    }
}
