//! What can be done about an event that cannot be applied, in words.

use projector::parked::ParkedEvent;

use super::parked_id::ParkedId;

/// Try again, build anew, or pass over?
pub(super) fn advice(id: &ParkedId, event: &ParkedEvent) -> Vec<String> {
    let mut advice = Vec::new();
    if event.next_at.is_some() {
        advice.push("It is tried again by itself a few times; if what stood in its way is gone, that is all.".to_owned());
    }
    advice.push(format!(
        "Something in the database stood in its way (a trigger, a constraint or rows made by hand) and is mended: `rollcall parked retry {id}`."
    ));
    advice.push(
        "The program is at fault: start a release that mends it. If its rules differ, a candidate is built beside, in which \
         this event is tried on its way; if they do not, retry as above."
            .to_owned(),
    );
    advice.push(
        "The event itself is wrong: events are never changed. Say in Entra, or by a local edit, what is right, which is \
         a further event; then skip this one."
            .to_owned(),
    );
    advice.push(format!(
        "Nobody needs it: `rollcall parked skip {id} --reason …`. Every slot of the projection then passes it over, for good, \
         and the {} behind it are applied.",
        event.behind
    ));
    advice.push(
        "Rows that were applied and are wrong are nothing to be retried: `rollcall replay plan` for the smallest scope that holds them."
            .to_owned(),
    );
    advice
}
