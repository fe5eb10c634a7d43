//! What an event is, in words.

/// The words for a type of events; one of a later release is told by its type.
pub(crate) fn of(event: &str) -> String {
    let words = match event {
        "tenant.created" => "Tenant made",
        "tenant.extension-declared" => "Extension declared",
        "tenant.extension-removed" => "Extension removed",
        "tenant.guard-set" => "Guard against mass changes set",
        "tenant.leaver-policy-set" => "Policy for bookings of leavers set",
        "integration.activated" => "Integration activated",
        "integration.deactivated" => "Integration deactivated",
        "credential.issued" => "Credential issued",
        "credential.revoked" => "Credential revoked",
        "administrator.invited" => "Administrator invited",
        "administrator.link-issued" => "Sign-in link issued",
        "administrator.signed-in" => "Administrator signed in",
        "administrator.roles-changed" => "Roles of an administrator changed",
        "administrator.removed" => "Administrator removed",
        "user.created" => "Joined",
        "user.changed" => "Profile changed",
        "user.deactivated" => "Left",
        "user.reactivated" => "Active again",
        "user.returned" => "Returned",
        "user.deleted" => "Deleted in Entra",
        "user.erased" => "Erased",
        "user.resource-changed" => "Second account changed",
        "user.resource-deleted" => "Second account deleted in Entra",
        "user.primary-chosen" => "Primary team chosen",
        "user.team-assigned" => "Assigned to a team",
        "user.team-unassigned" => "Removed from a team",
        "user.teams-reset" => "Teams as Entra has them again",
        "user.receipt-closed" => "Offboarding receipt closed",
        "group.created" => "Group made in Entra",
        "group.changed" => "Group changed in Entra",
        "group.deleted" => "Group deleted in Entra",
        "group.members-added" => "Members added",
        "group.members-removed" => "Members removed",
        "group.members-replaced" => "Members replaced",
        "group.member-resources-changed" => "Accounts of members changed",
        "team.created" => "Own team made",
        "team.renamed" => "Own team renamed",
        "team.deleted" => "Own team deleted",
        "booking.recorded" => "Booking recorded",
        "booking.changed" => "Booking changed",
        "booking.cancelled" => "Booking cancelled",
        "booking.closed" => "Booking system knows of the cancellation",
        "booking.cancellation-planned" => "Cancellation of a booking planned",
        "booking.cancellation-withdrawn" => "Planned cancellation withdrawn",
        "booking.kept" => "Booking kept",
        "booking.handed-over" => "Booking handed over",
        "booking.reopened" => "Booking to decide again",
        "alert.raised" => "Alert raised",
        "alert.people-added" => "More people in an alert",
        "alert.released" => "Alert released",
        "alert.reversed" => "Alert reversed",
        other => return plain(other),
    };
    words.to_owned()
}

/// `subscriber.secret-issued` as “Subscriber: secret issued”.
fn plain(event: &str) -> String {
    let (entity, fact) = event.split_once('.').unwrap_or(("event", event));
    let (first, rest) = entity.split_at_checked(1).unwrap_or((entity, ""));
    format!("{}{rest}: {}", first.to_ascii_uppercase(), fact.replace('-', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_words_also_one_of_a_later_release() {
        assert_eq!(of("user.deactivated"), "Left");
        assert_eq!(of("booking.reopened"), "Booking to decide again");
        assert_eq!(of("subscriber.secret-issued"), "Subscriber: secret issued");
        assert_eq!(of("é"), "Event: é");
    }
}
