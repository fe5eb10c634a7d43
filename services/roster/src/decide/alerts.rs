//! The mass-change guard is set, and its alerts are decided.

use events::{AlertId, DecidedAlert, Event, Guard, SetGuard, Tenant};

use super::text;
use crate::{AlertOutcome, HeldPeople, Refusal, TenantRoster};

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

/// Refuses a decision about others than whoever decides was shown.
fn as_shown(alert: AlertId, shown: HeldPeople, held: HeldPeople) -> Result<(), Refusal> {
    let number = held.number.unwrap_or_default();
    if let Some(expected) = shown.number.filter(|expected| *expected != number) {
        return Err(Refusal::OtherNumberHeld { alert, held: number, expected });
    }
    match shown.digest {
        Some(digest) if held.digest != Some(digest) => {
            Err(Refusal::OtherPeopleHeld { alert, held: number })
        }
        Some(_) | None => Ok(()),
    }
}

/// An alert that holds nobody can be released only, by which somebody tells that it was seen.
/// `people` are those whom whoever decides was shown as held: nobody is decided about unseen.
pub(super) fn decide(
    tenant: &TenantRoster,
    id: AlertId,
    decision: AlertOutcome,
    people: Option<HeldPeople>,
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
    if let Some(shown) = people {
        as_shown(id, shown, tenant.guard().held_people(id))?;
    }
    let decided = DecidedAlert { alert_id: id, reason: reason.map(str::to_owned) };
    match decision {
        AlertOutcome::Released => Ok(vec![Event::AlertReleased(decided)]),
        AlertOutcome::Reversed if alert.held => Ok(vec![Event::AlertReversed(decided)]),
        AlertOutcome::Reversed => Err(Refusal::NothingHeld(id)),
    }
}
