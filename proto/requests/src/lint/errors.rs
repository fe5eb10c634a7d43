//! Requests that are refused again and again.

use jiff::{SignedDuration, Timestamp};

use super::telling::{RECENT, counted, finding};
use crate::finding::{Code, Finding, Severity};
use crate::observations::Observations;
use crate::seen::Seen;

/// So often the same error is no chance.
const REPEATED: u64 = 3;
/// Two of Entra's cycles: what is refused for longer is refused in more than one.
const SEVERAL_CYCLES: SignedDuration = SignedDuration::from_mins(80);

pub(super) fn errors(seen: &Observations, now: Timestamp) -> Vec<Finding> {
    let repeated = seen.errors.iter().filter(|((_, route, status, _), of)| {
        // A resource that is not there is how Entra asks whether it is.
        let asks = *status == 404 && route.contains("{id}");
        of.times >= REPEATED && !asks && now.duration_since(of.last) < RECENT
    });
    let told = repeated.map(|((method, route, status, scim_type), of)| {
        if *status == 409 {
            return conflict(method, route, *of);
        }
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

/// Entra repeats a request that had been too slow for it, though it was done: it is told that the user name or the name
/// of the group is taken, looks for who has it, and goes on. Only what is refused cycle by cycle stays wrong.
fn conflict(method: &str, route: &str, of: Seen) -> Finding {
    let lasts = of.last.duration_since(of.first) > SEVERAL_CYCLES;
    let severity = if lasts { Severity::Warning } else { Severity::Hint };
    finding(
        (Code::RepeatedConflict, severity),
        &format!("{method} {route} is answered 409: what it names is taken"),
        counted(of),
        "Most of these mend themselves: Entra sent again what had been done already, finds it with its next \
         cycle, and goes on. If the requests with errors show the same one cycle by cycle, two objects in Entra \
         have the same user name, or two groups the same name: rename one of them, or take it out of the scope.",
        "requests?errors=yes",
    )
}
