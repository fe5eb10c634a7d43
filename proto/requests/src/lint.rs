//! The rules by which requests tell what is wrong with a mapping.

use events::IntegrationProfile;
use jiff::{SignedDuration, Timestamp};

use crate::finding::{Code, Finding, Severity};
use crate::observations::Observations;
use crate::seen::Seen;

/// What was right since, but not yet for so long, is still told.
const RECENT: SignedDuration = SignedDuration::from_hours(24);
/// Three of Entra's cycles, of 40 minutes each.
const THREE_CYCLES: SignedDuration = SignedDuration::from_hours(2);
/// How long nobody may come after Test Connection.
const UNTIL_FIRST_USER: SignedDuration = SignedDuration::from_hours(1);
/// So long before a secret expires it is told.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A secret so old should be replaced, though it does not expire.
const OLD: SignedDuration = SignedDuration::from_hours(365 * 24);
/// So often the same error is no chance.
const REPEATED: u64 = 3;

/// What is known of a tenant besides its requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Which product it serves; none, if it was never activated.
    pub profile: Option<IntegrationProfile>,
    /// Whether it is active.
    pub active: bool,
    /// How many people there are, Active or Former.
    pub people: u64,
    /// Credentials for SCIM that are not revoked.
    pub credentials: Vec<CredentialFact>,
    /// Attributes that were sent and that nobody keeps.
    pub not_kept: Vec<(String, Seen)>,
}

/// A credential that was not revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialFact {
    /// What it is called.
    pub name: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it expires, or has expired.
    pub expires_at: Option<Timestamp>,
}

/// What an administrator should look at, the worst first.
pub fn lint(seen: &Observations, facts: &Facts, now: Timestamp) -> Vec<Finding> {
    let rules = [
        connection(seen, facts, now),
        errors(seen, now),
        names(seen, facts, now),
        leaving(seen, facts),
        members(seen, now),
        mobile(seen, facts, now),
        attributes(facts, now),
        credentials(facts, now),
    ];
    let mut findings: Vec<Finding> = rules.into_iter().flatten().collect();
    findings.sort_by_key(|finding| (finding.severity, finding.code));
    findings
}

fn finding(
    (code, severity): (Code, Severity),
    title: &str,
    seen: String,
    remedy: &str,
    link: &str,
) -> Finding {
    let [title, remedy, link] = [title, remedy, link].map(str::to_owned);
    Finding { code, severity, title, seen, remedy, link }
}

/// Whether what is wrong was seen, and is not known to be right since a day.
fn persists(wrong: Option<Seen>, right: Option<Seen>, now: Timestamp) -> Option<Seen> {
    let wrong = wrong?;
    let is_recent = now.duration_since(wrong.last) < RECENT;
    let is_last = right.is_none_or(|right| right.last < wrong.last);
    (is_recent || is_last).then_some(wrong)
}

fn counted(seen: Seen) -> String {
    let minute = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    match seen.times {
        1 => format!("seen once, on {}", minute(seen.last)),
        times => {
            format!("seen {times} times, from {} to {}", minute(seen.first), minute(seen.last))
        }
    }
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
            format!("the last request came on {}", last.strftime("%Y-%m-%d %H:%M UTC")),
            "See whether provisioning is On and not in quarantine (Provisioning › Overview). A directory in \
             which nothing changes may be silent, too.",
            "integrations/guide#start",
        ));
    }
    findings
}

fn errors(seen: &Observations, now: Timestamp) -> Vec<Finding> {
    let repeated = seen.errors.iter().filter(|((_, route, status, _), of)| {
        // A resource that is not there is how Entra asks whether it is.
        let asks = *status == 404 && route.contains("{id}");
        of.times >= REPEATED && !asks && now.duration_since(of.last) < RECENT
    });
    let told = repeated.map(|((method, route, status, scim_type), of)| {
        let kind = scim_type.as_deref().map(|kind| format!(" {kind}")).unwrap_or_default();
        let severity = if *status == 429 { Severity::Hint } else { Severity::Problem };
        finding(
            (Code::RepeatedError, severity),
            &format!("{method} {route} ends with {status}{kind} again and again"),
            counted(*of),
            "Open the requests with errors: each says what was refused and why. Entra repeats what was \
             refused in each cycle, and puts itself into quarantine if nearly all is.",
            "requests?errors=yes",
        )
    });
    told.collect()
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

fn attributes(facts: &Facts, now: Timestamp) -> Vec<Finding> {
    let recent = facts.not_kept.iter().filter(|(_, seen)| now.duration_since(seen.last) < RECENT);
    let told = recent.map(|(name, seen)| {
        finding(
            (Code::AttributeNotKept, Severity::Hint),
            &format!("The attribute {name} is sent, and nobody keeps it"),
            counted(*seen),
            "Delete its mapping in Entra, or declare an extension that has it (rollcall extension declare).",
            "integrations/guide#mappings-users",
        )
    });
    told.collect()
}

fn credentials(facts: &Facts, now: Timestamp) -> Vec<Finding> {
    let told = facts.credentials.iter().filter_map(|one| match one.expires_at {
        Some(expires) if expires <= now => Some(finding(
            (Code::ExpiredCredential, Severity::Problem),
            &format!("The secret {} has expired", one.name),
            format!("it is refused since {}", expires.strftime("%Y-%m-%d")),
            "If Entra still has it, rotate it and put the new one into Entra. Then revoke this one.",
            "integrations",
        )),
        Some(expires) if expires.duration_since(now) <= SOON => Some(finding(
            (Code::ExpiringCredential, Severity::Warning),
            &format!("The secret {} expires within 30 days", one.name),
            format!("it expires on {}", expires.strftime("%Y-%m-%d")),
            "Rotate it now, and put the new one into Provisioning › Admin Credentials: both work until this one \
             expires or is revoked.",
            "integrations",
        )),
        Some(_) | None if now.duration_since(one.issued_at) > OLD => Some(finding(
            (Code::OldCredential, Severity::Hint),
            &format!("The secret {} is more than a year old", one.name),
            format!("issued on {}", one.issued_at.strftime("%Y-%m-%d")),
            "Rotate it: the old one works until the next rotation, so that Entra can be told without a gap.",
            "integrations",
        )),
        Some(_) | None => None,
    });
    told.collect()
}

#[cfg(test)]
mod tests;
