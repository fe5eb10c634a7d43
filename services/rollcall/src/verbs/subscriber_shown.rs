//! Which subscriber a verb is about, and how one is shown.

use clap::Args;
use serde_json::Value;

use super::integration::TenantTarget;
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The subscriber's name or id
    pub(super) subscriber: String,
    #[command(flatten)]
    pub(super) of: TenantTarget,
}

/// Refuses a subscriber that nothing is sent to: whoever only plans something for it is to hear so too.
pub(super) fn is_sent_events(subscriber: &Value) -> anyhow::Result<()> {
    anyhow::ensure!(
        subscriber["door"] != "pull",
        "the subscriber {} reads over HTTP, and begins where its request says: `after` a cursor, or \
         without one at its acknowledged place",
        output::text(&subscriber["name"])
    );
    Ok(())
}

/// Shows a subscriber.
pub(super) fn shown(of: &TenantTarget, subscriber: &Value) {
    shown_as(of, "subscriber", subscriber);
}

/// Shows a subscriber, a line a field for people.
pub(super) fn shown_as(of: &TenantTarget, name: &str, subscriber: &Value) {
    if of.target.json {
        return output::json_of(name, subscriber);
    }
    for (name, value) in flat(subscriber.clone(), false).as_object().into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        output::line(format_args!("{name:<15} {value}"));
    }
}

/// For people, how it comes in stands beside the rest, a line a field.
pub(super) fn flat(mut subscriber: Value, as_json: bool) -> Value {
    if as_json {
        return subscriber;
    }
    for door in ["nats", "pull"] {
        let way = subscriber.as_object_mut().and_then(|members| members.remove(door));
        for (name, value) in way.iter().filter_map(Value::as_object).flatten() {
            subscriber[format!("{door}_{name}")] = value.clone();
        }
    }
    subscriber
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_reader_decides_for_itself_is_not_even_planned_for_it() {
        let refused = is_sent_events(&json!({ "name": "crm", "door": "pull" })).unwrap_err();
        assert!(refused.to_string().contains("crm reads over HTTP"), "{refused}");
        for door in ["nats", "webhook"] {
            is_sent_events(&json!({ "name": "crm", "door": door })).expect(door);
        }
    }
}
