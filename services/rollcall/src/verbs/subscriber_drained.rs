//! Whether a subscriber that was drained has finished what was begun.

use serde_json::Value;

use crate::output;

/// How far what was begun is finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drained {
    Finished,
    /// Nothing is under way, and what was not accepted is kept until it is resumed: `waiting` events in lanes that
    /// are behind, and what was not tried because the receiver was away.
    Interrupted {
        waiting: u64,
    },
    UnderWay,
    /// Nothing is sent to it.
    Disabled,
    /// Somebody resumed it meanwhile, so that it takes new events.
    Resumed,
}

impl Drained {
    pub(super) fn words(self) -> String {
        match self {
            Self::Finished => "drained: what was begun is finished".to_owned(),
            Self::Interrupted { waiting } => format!(
                "paused, not drained: the receiver has not accepted all that was begun ({} events wait to be tried \
                 again); it is kept, and sent when the subscriber is resumed",
                output::grouped(waiting)
            ),
            Self::UnderWay => {
                "not drained yet: something is still under way; it takes nothing new, and \
                               `rollcall subscribers` shows when it is drained"
                    .to_owned()
            }
            Self::Disabled => {
                "paused, not drained: nothing can be finished, since it is disabled".to_owned()
            }
            Self::Resumed => {
                "not drained: somebody resumed it meanwhile, and it takes new events; drain it again, if it still is to be"
                    .to_owned()
            }
        }
    }
}

/// How far a subscriber that is to be drained has come.
pub(super) fn drained(subscriber: &Value, delivery: &Value) -> Drained {
    if !subscriber["disabled"].is_null() {
        return Drained::Disabled;
    }
    if subscriber["paused"].is_null() {
        return Drained::Resumed;
    }
    match subscriber["door"].as_str() {
        Some("webhook") => match delivery["state"].as_str() {
            Some("drained") => Drained::Finished,
            Some("interrupted") => {
                Drained::Interrupted { waiting: delivery["waiting"].as_u64().unwrap_or_default() }
            }
            Some(_) | None => Drained::UnderWay,
        },
        Some("nats") if delivery["unacknowledged"] != 0 => Drained::UnderWay,
        Some(_) | None => Drained::Finished,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_is_drained_when_all_that_was_begun_is_accepted_and_not_while_some_waits() {
        let of =
            |door: &str| json!({ "door": door, "disabled": null, "paused": { "drain": true } });
        let webhook = |state: &str, waiting: u64| {
            drained(&of("webhook"), &json!({ "state": state, "waiting": waiting }))
        };
        assert_eq!(webhook("drained", 0), Drained::Finished);
        let interrupted = webhook("interrupted", 1);
        assert_eq!(interrupted, Drained::Interrupted { waiting: 1 });
        assert!(!interrupted.words().contains("finished"));
        assert_eq!(webhook("delivering", 1), Drained::UnderWay);
        let nats = |unacknowledged: u64| {
            drained(&of("nats"), &json!({ "unacknowledged": unacknowledged }))
        };
        assert_eq!((nats(0), nats(1)), (Drained::Finished, Drained::UnderWay));
        let disabled = json!({ "door": "webhook", "disabled": { "reason": "gone" } });
        assert_eq!(drained(&disabled, &json!({ "state": "drained" })), Drained::Disabled);
    }

    #[test]
    fn one_that_somebody_resumed_meanwhile_is_not_drained_however_little_is_under_way() {
        for (door, delivery) in [
            ("webhook", json!({ "state": "drained" })),
            ("nats", json!({ "unacknowledged": 0 })),
            ("pull", json!({})),
        ] {
            let subscriber = json!({ "door": door, "disabled": null, "paused": null });
            assert_eq!(drained(&subscriber, &delivery), Drained::Resumed, "{door}");
        }
    }
}
