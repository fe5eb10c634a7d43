//! What is told of one alert, above its people.

use maud::{Markup, html};
use roster::TenantRoster;

use super::alert_facts::{Alert, Cause};
use crate::parts::actor::by;
use crate::parts::section::Section;
use crate::parts::text::{counted, name};
use crate::parts::time::moment;
use crate::signed::Signed;

/// When it was raised, about whom, and what holds until somebody decides, or what somebody decided.
pub(super) fn facts(signed: &Signed, tenant: Option<&TenantRoster>, alert: &Alert) -> Markup {
    html! {
        section.card {
            dl.facts {
                dt { "Raised" } dd { (moment(alert.raised_at)) }
                @if alert.is_about_people() {
                    dt { "People" } dd { (counted(alert.people, "person", "people")) " by now" }
                } @else {
                    dt { "Group" } dd { (group(signed, tenant, alert)) }
                }
                @if let Some(sentence) = left_before(alert) { dt { "Left before it was raised" } dd { (sentence) } }
                @match &alert.decision {
                    None => { dt { "Until somebody decides" } dd { (undecided(alert)) } },
                    Some(decision) => {
                        dt { "Decided" }
                        dd {
                            (decision.decision) " by " (by(tenant, &decision.actor)) ", " (moment(decision.at))
                            @if let Some(reason) = &decision.reason { ": " bdi { (reason) } }
                        }
                    },
                }
            }
        }
    }
}

/// The group, and the way to its page while there is one.
fn group(signed: &Signed, tenant: Option<&TenantRoster>, alert: &Alert) -> Markup {
    let Cause::GroupEmptied { team_id, .. } = alert.cause else { return html! {} };
    let exists = tenant.is_some_and(|tenant| tenant.groups().get(team_id).is_some());
    let named = html! {
        @match alert.group(tenant) {
            Some(group) => (name(group)),
            None => span.mono { (team_id) },
        }
    };
    let teams = Section::Teams;
    html! {
        @if exists && signed.may(teams.needs()) { a href={ (teams.path(&signed.tenant)) "/" (team_id) } { (named) } }
        @else { (named) }
        @if !exists { ", which is no more" }
    }
}

fn undecided(alert: &Alert) -> &'static str {
    match (alert.is_about_people(), alert.held) {
        (true, true) => "they stay Active, though the directory says that they left",
        (true, false) => "nothing is held: they count as Former",
        (false, _) => "nothing is held: whoever was in the group stands as the directory says",
    }
}

/// That a hold reaches back: all but the last of those who had left when it was raised were Former by then.
fn left_before(alert: &Alert) -> Option<String> {
    let Cause::Deactivations { deactivations, .. } = alert.cause else { return None };
    let before = deactivations.saturating_sub(1);
    if !alert.held || before == 0 {
        return None;
    }
    let (people, was, count) =
        if before == 1 { ("person", "was", "counts") } else { ("people", "were", "count") };
    let counted = format!("{before} {people} {was} Former already");
    Some(match &alert.decision {
        None => format!("{counted}, and {count} as Active again until somebody decides"),
        Some(_) => format!("{counted}, and counted as Active again until it was decided"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn alert(held: bool, decision: &Value) -> Alert {
        let told = json!({
            "id": "01890000-0000-7000-8000-000000000001", "raisedAt": "2026-12-01T10:00:00Z", "cause": "deactivations",
            "deactivations": 18, "activeBefore": 311, "people": 42, "heldPeople": 42, "heldDigest": "", "held": held, "decision": decision,
        });
        serde_json::from_value(told).expect("an alert")
    }

    #[test]
    fn a_hold_tells_how_many_were_former_already_and_count_as_active_again() {
        let told = left_before(&alert(true, &Value::Null));
        let expected =
            "17 people were Former already, and count as Active again until somebody decides";
        assert_eq!(told.as_deref(), Some(expected));
        assert_eq!(left_before(&alert(false, &Value::Null)), None, "nobody is held");
        let decision = json!({ "decision": "released", "at": "2026-12-01T11:00:00Z", "actor": "operator", "reason": null });
        let told = left_before(&alert(true, &decision)).expect("a sentence");
        assert!(told.ends_with("until it was decided"), "{told}");
    }
}
