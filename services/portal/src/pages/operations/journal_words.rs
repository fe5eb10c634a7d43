//! Acts of the journal in words.

/// An act in words; one of a later release is told by its name.
pub(super) fn act(name: &str) -> String {
    let words = match name {
        "request.received" => "Asked for a change",
        "request.answered" => "A change was answered",
        "replay.planned" => "Replay planned",
        "replay.started" => "Replay started",
        "replay.paused" => "Replay paused",
        "replay.resumed" => "Replay resumed",
        "replay.cancelled" => "Replay cancelled",
        "replay.built" => "Replay ready",
        "replay.failed" => "Replay failed",
        "replay.cut-over" => "Replay cut over to",
        "replay.rolled-back" => "Replay undone",
        "parked.skipped" => "Parked event skipped",
        "parked.retried" => "Parked events tried again",
        "erasure.planned" => "Erasure of a person planned",
        "erasure.started" => "Erasure of a person started",
        "erasure.incomplete" => "Erasure of a person incomplete",
        "erasure.completed" => "Person erased",
        "verify.started" => "Verification started",
        "verify.ended" => "Verification ended",
        "personal.revealed" => "Personal data looked at",
        other => return other.replace(['.', '-'], " "),
    };
    words.to_owned()
}

/// What came of a request that is noted as one; none for a request that has no words yet.
pub(super) fn request(method: &str, route: &str) -> Option<&'static str> {
    let route = route.strip_prefix("/operator/v1/tenants/{tenant}/").unwrap_or(route);
    let found = REQUESTS.iter().find(|(asked, of, _)| *asked == method && *of == route);
    found.map(|(_, _, words)| *words)
}

/// Whether what a request does is an act of its own, in the journal beside it.
pub(super) fn is_told_by_its_act(route: &str) -> bool {
    let areas = ["/ops/v1/replay", "/ops/v1/parked/", "/ops/v1/erasures", "/ops/v1/verifications"];
    areas.iter().any(|area| route.starts_with(area)) || route.ends_with("/reveal")
}

const REQUESTS: [(&str, &str, &str); 41] = [
    ("POST", "/operator/v1/tenants", "Tenant created"),
    ("POST", "administrators", "Administrator invited"),
    ("PATCH", "administrators/{id}", "Roles of an administrator changed"),
    ("DELETE", "administrators/{id}", "Administrator removed"),
    ("POST", "administrators/{id}/link", "Sign-in link made"),
    ("PUT", "integration", "Integration activated"),
    ("DELETE", "integration", "Integration deactivated"),
    ("POST", "integration/rotate", "Credential of the integration rotated"),
    ("POST", "clients", "OAuth client issued"),
    ("POST", "tokens", "API token issued"),
    ("DELETE", "credentials/{id}", "Credential revoked"),
    ("POST", "extensions", "Extension declared"),
    ("DELETE", "extensions/{urn}", "Extension removed"),
    ("PATCH", "guard", "Guard set"),
    ("POST", "alerts/{id}/release", "Alert released"),
    ("POST", "alerts/{id}/reverse", "Alert reversed"),
    ("PUT", "leaver-policies/{resource_type}", "Leaver policy set"),
    ("POST", "bookings/cancel", "Bookings cancelled"),
    ("POST", "subscribers", "Subscriber added"),
    ("PATCH", "subscribers/{subscriber}", "Subscriber changed"),
    ("DELETE", "subscribers/{subscriber}", "Subscriber removed"),
    ("POST", "subscribers/{subscriber}/secrets", "Secret of a subscriber rotated"),
    ("DELETE", "subscribers/{subscriber}/secrets/{id}", "Secret of a subscriber withdrawn"),
    ("POST", "subscribers/{subscriber}/disable", "Subscriber disabled"),
    ("POST", "subscribers/{subscriber}/enable", "Subscriber enabled"),
    ("POST", "subscribers/{subscriber}/pause", "Subscriber paused"),
    ("POST", "subscribers/{subscriber}/resume", "Subscriber resumed"),
    ("POST", "subscribers/{subscriber}/reset", "Subscriber reset"),
    ("POST", "subscribers/{subscriber}/test", "Test sent to a subscriber"),
    ("POST", "subscribers/{subscriber}/replays", "Replay to a subscriber started"),
    ("DELETE", "subscribers/{subscriber}/replays/{id}", "Replay to a subscriber cancelled"),
    ("POST", "/ops/v1/webhooks/{subscriber}/resend", "Dead letters sent again"),
    ("POST", "/ops/v1/replay", "Replay planned"),
    ("POST", "/ops/v1/replay/{id}/run", "Replay started"),
    ("POST", "/ops/v1/replay/{id}/pause", "Replay paused"),
    ("POST", "/ops/v1/replay/{id}/resume", "Replay resumed"),
    ("POST", "/ops/v1/replay/{id}/cancel", "Replay cancelled"),
    ("POST", "/ops/v1/replay/{id}/cutover", "Replay cut over to"),
    ("POST", "/ops/v1/replay/{id}/rollback", "Replay undone"),
    ("POST", "/ops/v1/parked/retry", "Parked events tried again"),
    ("POST", "/ops/v1/parked/{id}/skip", "Parked event skipped"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_about_a_tenant_has_words_also_one_of_a_later_release() {
        assert_eq!(act("replay.rolled-back"), "Replay undone");
        assert_eq!(act("moon.shot-down"), "moon shot down");
    }

    #[test]
    fn what_administrators_ask_for_has_words_by_its_method_and_its_route() {
        let link = "/operator/v1/tenants/{tenant}/administrators/{id}/link";
        assert_eq!(request("POST", link), Some("Sign-in link made"));
        let credential = "/operator/v1/tenants/{tenant}/credentials/{id}";
        assert_eq!(request("DELETE", credential), Some("Credential revoked"));
        assert_eq!(request("POST", "/ops/v1/moon"), None);
        assert!(is_told_by_its_act("/ops/v1/replay/{id}/cutover") && !is_told_by_its_act(link));
    }
}
