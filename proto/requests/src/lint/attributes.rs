//! Attributes that are sent beyond what a product uses.

use jiff::Timestamp;

use super::telling::{RECENT, counted, finding};
use crate::attributes::used_by;
use crate::facts::Facts;
use crate::finding::{Code, Finding, Severity};
use crate::observations::Observations;
use crate::seen::Seen;

pub(super) fn attributes(seen: &Observations, facts: &Facts, now: Timestamp) -> Vec<Finding> {
    let is_recent = |seen: &Seen| now.duration_since(seen.last) < RECENT;
    let mut told: Vec<Finding> = not_used(seen, facts, is_recent).into_iter().collect();
    let not_kept = facts.not_kept.iter().filter(|(_, seen)| is_recent(seen));
    told.extend(not_kept.map(|(name, seen)| {
        finding(
            (Code::AttributeNotKept, Severity::Hint),
            &format!("The attribute {name} is sent, and is not stored: no schema has it"),
            counted(*seen),
            "Delete its mapping in Entra (Provisioning › Mappings › Users), or have whoever runs Rollcall declare \
             an extension that has it.",
            "integrations/guide#mappings-users",
        )
    }));
    told
}

/// All of them together: they are mended on one page of Entra.
fn not_used(
    seen: &Observations,
    facts: &Facts,
    is_recent: impl Fn(&Seen) -> bool,
) -> Option<Finding> {
    let profile = facts.profile?;
    let used = used_by(profile);
    let beyond = seen
        .attributes
        .iter()
        .filter(|(name, seen)| is_recent(seen) && !used.contains(&name.as_str()));
    let (names, seen): (Vec<&str>, Vec<Seen>) =
        beyond.map(|(name, seen)| (name.as_str(), *seen)).unzip();
    let most = seen.iter().copied().max_by_key(|seen| seen.times)?;
    Some(finding(
        (Code::AttributeNotUsed, Severity::Hint),
        &format!("Attributes are sent that are stored and not used: {}", names.join(", ")),
        counted(most),
        "Delete their mappings in Entra (Provisioning › Mappings › Users). What is sent beyond the guide’s table is \
         stored and shown with the person, and nothing uses it: it is personal data that nobody needs.",
        "integrations/guide#mappings-users",
    ))
}
