//! The mass-change guard is set, and its alerts are decided.

use events::{AlertId, DecidedAlert, Event, Guard, SetGuard, Tenant};

use super::text;
use crate::{AlertOutcome, Refusal, TenantRoster};

pub(super) fn set_guard(
    slug: &Tenant,
    tenant: &TenantRoster,
    guard: Guard,
) -> Result<Vec<Event>, Refusal> {
    // One who leaves is never held, so that it takes two at least.
    within("deactivations", guard.deactivations, 2, 1_000_000)?;
    within("percent", guard.percent, 0, 100)?;
    within("window in minutes", guard.window_minutes, 1, 1440)?;
    if tenant.guard().settings() == guard {
        return Ok(vec![]);
    }
    let tenant_id = tenant.id().ok_or_else(|| Refusal::NoSuchTenant(slug.clone()))?;
    Ok(vec![Event::TenantGuardSet(SetGuard { tenant_id, guard })])
}

fn within(what: &'static str, given: u32, least: u32, most: u32) -> Result<(), Refusal> {
    if (least..=most).contains(&given) {
        Ok(())
    } else {
        Err(Refusal::BadGuard { what, given, least, most })
    }
}

/// An alert that holds nobody can be released only, by which somebody tells that it was seen.
/// `people` is how many whoever decides was shown as held: nobody is decided about unseen.
pub(super) fn decide(
    tenant: &TenantRoster,
    id: AlertId,
    decision: AlertOutcome,
    people: Option<usize>,
    reason: Option<&str>,
) -> Result<Vec<Event>, Refusal> {
    if let Some(reason) = reason {
        text::said_in_words("the reason", reason)?;
    }
    let alert = tenant.guard().alert(id).ok_or(Refusal::NoSuchAlert(id))?;
    match alert.decision {
        Some(before) if before == decision => return Ok(vec![]),
        Some(_) => return Err(Refusal::AlertDecided(id)),
        None => {}
    }
    let held = tenant.guard().held_by(id).count();
    if let Some(expected) = people.filter(|expected| *expected != held) {
        return Err(Refusal::OtherPeopleHeld { alert: id, held, expected });
    }
    let decided = DecidedAlert { alert_id: id, reason: reason.map(str::to_owned) };
    match decision {
        AlertOutcome::Released => Ok(vec![Event::AlertReleased(decided)]),
        AlertOutcome::Reversed if alert.held => Ok(vec![Event::AlertReversed(decided)]),
        AlertOutcome::Reversed => Err(Refusal::NothingHeld(id)),
    }
}
