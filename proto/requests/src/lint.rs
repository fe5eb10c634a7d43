//! The rules by which requests tell what is wrong with a mapping.

mod attributes;
mod errors;
mod telling;

use events::IntegrationProfile;
use jiff::{SignedDuration, Timestamp};

use telling::{RECENT, counted, day, finding, minute};

use crate::facts::Facts;
use crate::finding::{Code, Finding, Severity};
use crate::observations::Observations;
use crate::seen::Seen;

/// Three of Entra's cycles, of 40 minutes each.
const THREE_CYCLES: SignedDuration = SignedDuration::from_hours(2);
/// How long nobody may come after Test Connection.
const UNTIL_FIRST_USER: SignedDuration = SignedDuration::from_hours(1);
/// So long before a secret expires it is told.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A secret so old should be replaced, though it does not expire.
const OLD: SignedDuration = SignedDuration::from_hours(365 * 24);

/// What an administrator should look at, the worst first.
pub fn lint(seen: &Observations, facts: &Facts, now: Timestamp) -> Vec<Finding> {
    let rules = [
        connection(seen, facts, now),
        errors::errors(seen, now),
        names(seen, facts, now),
        leaving(seen, facts),
        members(seen, now),
        mobile(seen, facts, now),
        attributes::attributes(seen, facts, now),
        credentials(facts, now),
    ];
    let mut findings: Vec<Finding> = rules.into_iter().flatten().collect();
    findings.sort_by_key(|finding| (finding.severity, finding.code));
    findings
}

/// Whether what is wrong was seen, and is not known to be right since a day.
fn persists(wrong: Option<Seen>, right: Option<Seen>, now: Timestamp) -> Option<Seen> {
    let wrong = wrong?;
    let is_recent = now.duration_since(wrong.last) < RECENT;
    let is_last = right.is_none_or(|right| right.last < wrong.last);
    (is_recent || is_last).then_some(wrong)
}

fn connection(seen: &Observations, facts: &Facts, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    let last = seen.requests.map(|requests| requests.last);
    if let Some(refused) = seen.unauthorized
        && last.is_none_or(|last| last < refused.last)
        && now.duration_since(refused.last) < RECENT
    {
        findings.push(finding(
            (Code::CredentialRefused, Severity::Problem),
            "The directory shows a secret that is not valid",
            counted(refused),
            "Copy the secret token (or client id and secret) into Provisioning › Admin Credentials again, \
             press Test Connection, and save. If it was rotated twice, the older secrets no longer work.",
            "integrations",
        ));
    }
    if let (false, Some(refused)) = (facts.active, seen.while_inactive)
        && now.duration_since(refused.last) < RECENT
    {
        findings.push(finding(
            (Code::IntegrationInactive, Severity::Problem),
            "The directory sends changes while the integration is not active",
            counted(refused),
            "Activate the integration, or stop provisioning in Entra.",
            "integrations",
        ));
    }
    let Some((reads, last)) = seen.reads.zip(last).filter(|_| facts.active) else {
        return findings;
    };
    if facts.people == 0 && now.duration_since(reads.first) > UNTIL_FIRST_USER {
        findings.push(finding(
            (Code::NobodyProvisioned, Severity::Problem),
            "The connection works, and nobody has come",
            format!("Test Connection or a read {}; no user was made", counted(reads)),
            "Assign users or groups under Users and groups (or set the scope to all users), and press \
             Start provisioning. The first cycle may take 40 minutes to begin.",
            "integrations/guide#scope",
        ));
    } else if now.duration_since(last) > THREE_CYCLES {
        findings.push(finding(
            (Code::Silence, Severity::Warning),
            "The directory has been silent for three cycles",
            format!("the last request came on {}", minute(last)),
            "See whether provisioning is On and not in quarantine (Provisioning › Overview). A directory in \
             which nothing changes may be silent, too.",
            "integrations/guide#start",
        ));
    }
    findings
}

fn names(seen: &Observations, facts: &Facts, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    if facts.profile != Some(IntegrationProfile::Workplace) {
        return findings;
    }
    let ids = seen.external_ids;
    if let Some(wrong) = persists(ids.address, ids.object_id, now) {
        findings.push(finding(
            (Code::ExternalIdIsAddress, Severity::Problem),
            "externalId looks like an address, and not like an objectId",
            counted(wrong),
            "Map externalId to objectId (Provisioning › Mappings › Users). By an address somebody who is \
             renamed becomes somebody else.",
            "integrations/guide#mappings-users",
        ));
    }
    let others = [seen.user_names.object_id, seen.user_names.other];
    for other in others {
        if let Some(wrong) = persists(other, seen.user_names.address, now) {
            findings.push(finding(
                (Code::UserNameIsNoAddress, Severity::Warning),
                "userName is no e-mail address",
                counted(wrong),
                "Map userName to userPrincipalName, or to mail: people sign in by it.",
                "integrations/guide#mappings-users",
            ));
            break;
        }
    }
    findings
}

fn leaving(seen: &Observations, facts: &Facts) -> Vec<Finding> {
    let remedy = "Map active to Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\"), or to \
                  Not([IsSoftDeleted]) (Provisioning › Mappings › Users), and leave Update ticked under \
                  Target Object Actions.";
    if let (Some(deleted), None) = (seen.users_deleted, seen.active_false) {
        return vec![finding(
            (Code::ActiveNeverFalse, Severity::Warning),
            "People leave by deletion only: active was never false",
            format!("a deletion {}", counted(deleted)),
            remedy,
            "integrations/guide#mappings-users",
        )];
    }
    match (facts.profile, seen.users_made, seen.active_sent) {
        (Some(IntegrationProfile::Workplace), Some(made), None) => vec![finding(
            (Code::ActiveNeverSent, Severity::Problem),
            "active is never sent, so nobody would ever leave",
            format!("a user without it {}", counted(made)),
            remedy,
            "integrations/guide#mappings-users",
        )],
        (Some(IntegrationProfile::Workplace | IntegrationProfile::Benefits) | None, _, _) => vec![],
    }
}

fn members(seen: &Observations, now: Timestamp) -> Vec<Finding> {
    let wrong = persists(seen.groups_as_members, seen.members_added, now);
    let told = wrong.map(|wrong| {
        finding(
            (Code::GroupsAsMembers, Severity::Warning),
            "Groups are sent as members of groups",
            counted(wrong),
            "Untick Group as a referenced object type of members (Provisioning › Mappings › Groups › \
             members): teams have people only, and people of nested groups are not in the outer team.",
            "integrations/guide#mappings-groups",
        )
    });
    told.into_iter().collect()
}

fn mobile(seen: &Observations, facts: &Facts, now: Timestamp) -> Vec<Finding> {
    let wrong = persists(seen.without_mobile, seen.with_mobile, now);
    let wrong = wrong.filter(|_| facts.profile == Some(IntegrationProfile::Benefits));
    let told = wrong.map(|wrong| {
        finding(
            (Code::NoMobileNumber, Severity::Warning),
            "People come without a mobile number",
            counted(wrong),
            "Map phoneNumbers[type eq \"mobile\"].value to mobile, and see that these people have a mobile \
             number in Entra: an attribute that is empty there is not sent.",
            "integrations/guide#mappings-users",
        )
    });
    told.into_iter().collect()
}

fn credentials(facts: &Facts, now: Timestamp) -> Vec<Finding> {
    let told = facts.credentials.iter().filter_map(|one| match one.expires_at {
        Some(expires) if expires <= now => Some(finding(
            (Code::ExpiredCredential, Severity::Problem),
            &format!("The secret {} has expired", one.name),
            format!("it is refused since {}", day(expires)),
            "If Entra still has it, rotate it and put the new one into Entra. Then revoke this one.",
            "integrations",
        )),
        Some(expires) if expires.duration_since(now) <= SOON => Some(finding(
            (Code::ExpiringCredential, Severity::Warning),
            &format!("The secret {} expires within 30 days", one.name),
            format!("it expires on {}", day(expires)),
            "Rotate it now, and put the new one into Provisioning › Admin Credentials: both work until this one \
             expires or is revoked.",
            "integrations",
        )),
        Some(_) | None if now.duration_since(one.issued_at) > OLD => Some(finding(
            (Code::OldCredential, Severity::Hint),
            &format!("The secret {} is more than a year old", one.name),
            format!("issued on {}", day(one.issued_at)),
            "Rotate it: the old one works until the next rotation, so that Entra can be told without a gap.",
            "integrations",
        )),
        Some(_) | None => None,
    });
    told.collect()
}

#[cfg(test)]
mod tests;
