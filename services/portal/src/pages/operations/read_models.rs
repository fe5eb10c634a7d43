//! How up to date the read models are for the tenant, in a sentence and in a table.

use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use web::Problem;

use super::place::{lasting, read_model};
use crate::parts::badge::{Tone, badge};
use crate::parts::table::table;
use crate::parts::text::counted;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::signed::Signed;

/// Nobody keeps a read model that was not heard of for so long.
const SILENT_SECONDS: f64 = 30.0;

/// What `/ops/v1/read-models` answers.
#[derive(Debug, Deserialize)]
pub(super) struct ReadModels {
    /// Whether all is well with all of them.
    pub(super) current: bool,
    read_models: Vec<ReadModel>,
}

#[derive(Debug, Deserialize)]
struct ReadModel {
    projection: String,
    state: State,
    lag_events: u64,
    lag_seconds: f64,
    parked_events: u64,
    parked_since: Option<Timestamp>,
    visible_after_ms: Option<u64>,
    heard_seconds_ago: Option<f64>,
    building_another: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Current,
    CatchingUp,
    Building,
    Paused,
    Stuck,
    AheadOfLog,
    Missing,
}

impl State {
    fn words(self) -> (Tone, &'static str) {
        match self {
            Self::Current => (Tone::Good, "Current"),
            Self::CatchingUp => (Tone::Warn, "Catching up"),
            Self::Building => (Tone::Warn, "Being built"),
            Self::Paused => (Tone::Bad, "Stands still"),
            Self::Stuck => (Tone::Bad, "Stuck"),
            Self::AheadOfLog => (Tone::Bad, "Ahead of the log"),
            Self::Missing => (Tone::Bad, "Missing"),
        }
    }
}

impl ReadModels {
    pub(super) async fn of(portal: &Portal, signed: &Signed) -> Result<Self, Problem> {
        let path = format!("/ops/v1/read-models?tenant={}", signed.tenant);
        portal.apis().get(signed, &path).await
    }

    /// How many events wait in all, since they cannot be applied.
    pub(super) fn parked(&self) -> u64 {
        self.read_models.iter().map(|one| one.parked_events).sum()
    }

    /// All in one sentence if all is well, else a sentence for each that is not, with what to do.
    pub(super) fn sentences(&self) -> Vec<String> {
        if self.current {
            let slowest = self.read_models.iter().filter_map(|one| one.visible_after_ms).max();
            let newest = slowest.map_or_else(String::new, |ms| {
                format!("; the newest change was visible after {}", milliseconds(ms))
            });
            let all = match self.read_models.len() {
                4 => "All four read models".to_owned(),
                some => format!("All {some} read models"),
            };
            return vec![format!("{all} are current{newest}.")];
        }
        self.read_models.iter().flat_map(ReadModel::sentences).collect()
    }

    /// A line for each.
    pub(super) fn lanes(&self) -> Markup {
        let heads = ["Read model", "State", "Behind", "Visible after", "Parked", "Kept up to date"];
        table(
            "Read models",
            &heads,
            html! {
                @for one in &self.read_models {
                    @let (tone, words) = one.state.words();
                    tr {
                        th scope="row" { (read_model(&one.projection)) br; span.hint.mono { (one.projection) } }
                        td {
                            (badge(tone, words))
                            @if one.building_another { " " (badge(Tone::Plain, "another is built beside it")) }
                        }
                        td.num { @if one.lag_events == 0 { "0 s" } @else {
                            (lasting(one.lag_seconds)) br; span.hint { (counted(one.lag_events, "event", "events")) }
                        } }
                        td.num { @match one.visible_after_ms { Some(ms) => (milliseconds(ms)), None => "–" } }
                        td.num { @if one.parked_events == 0 { "0" } @else {
                            (badge(Tone::Bad, &counted(one.parked_events, "event", "events")))
                            @if let Some(since) = one.parked_since { br; span.hint { "since " (moment(since)) } }
                        } }
                        td { @match one.heard_seconds_ago {
                            Some(seconds) if seconds < SILENT_SECONDS => { "just now" },
                            Some(seconds) => { (badge(Tone::Bad, "silent")) " for " (lasting(seconds)) },
                            None => (badge(Tone::Bad, "by nobody")),
                        } }
                    }
                }
            },
        )
    }
}

impl ReadModel {
    fn is_kept(&self) -> bool {
        self.heard_seconds_ago.is_some_and(|seconds| seconds < SILENT_SECONDS)
    }

    fn sentences(&self) -> Vec<String> {
        let (name, projection) = (read_model(&self.projection), &self.projection);
        let mut said = Vec::new();
        match self.state {
            State::Current => {}
            State::CatchingUp if self.is_kept() => said.push(format!(
                "{name} is {} behind ({}) and catches up by itself.",
                lasting(self.lag_seconds),
                counted(self.lag_events, "event", "events")
            )),
            State::CatchingUp => said.push(format!(
                "{name} is {} behind, and nobody keeps it: whoever runs Rollcall starts `rollcall project \
                 {projection}`.",
                lasting(self.lag_seconds)
            )),
            State::Building => said.push(format!("{name} is being built for the first time; wait until it is there.")),
            State::Paused => said.push(format!(
                "{name} stands still: whoever runs Rollcall finds out why by `rollcall status` and mends it."
            )),
            State::Stuck | State::AheadOfLog => said.push(format!(
                "{name} cannot go on, as the log and it do not fit: whoever runs Rollcall asks `rollcall doctor`."
            )),
            State::Missing => said.push(format!(
                "{name} was never built: whoever runs Rollcall starts `rollcall project {projection}`."
            )),
        }
        if self.parked_events > 0 {
            said.push(format!(
                "{} of {name} cannot be applied, or wait behind one that cannot: decide under Parked events.",
                counted(self.parked_events, "event", "events")
            ));
        }
        said
    }
}

fn milliseconds(ms: u64) -> String {
    if ms < 1000 {
        format!("{ms} ms")
    } else {
        lasting(std::time::Duration::from_millis(ms).as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(change: &serde_json::Value) -> Vec<String> {
        let mut all: Vec<_> = ["directory", "teams", "retention", "activity"]
            .into_iter()
            .map(|name| {
                json!({ "projection": name, "state": "current", "lag_events": 0, "lag_seconds": 0.0,
                        "parked_events": 0, "parked_since": null, "visible_after_ms": 4,
                        "heard_seconds_ago": 1.0, "building_another": false })
            })
            .collect();
        let mut current = true;
        if let Some(fields) = change.as_object() {
            current = false;
            all[1].as_object_mut().unwrap().extend(fields.clone());
        }
        let models = json!({ "current": current, "read_models": all });
        serde_json::from_value::<ReadModels>(models).unwrap().sentences()
    }

    #[test]
    fn what_is_well_is_told_in_one_sentence_and_what_is_not_with_what_to_do() {
        let well = "All four read models are current; the newest change was visible after 4 ms.";
        assert_eq!(told(&json!(null)), [well]);
        let behind = json!({ "state": "catching-up", "lag_events": 30, "lag_seconds": 12.0 });
        assert_eq!(told(&behind), ["Teams is 12 s behind (30 events) and catches up by itself."]);
        let left = json!({ "state": "catching-up", "lag_events": 1, "lag_seconds": 90.0, "heard_seconds_ago": null });
        assert!(told(&left)[0].contains("nobody keeps it"), "{:?}", told(&left));
        let parked = told(&json!({ "parked_events": 2 }));
        assert_eq!(parked.len(), 1);
        assert!(parked[0].starts_with("2 events of Teams cannot be applied"), "{parked:?}");
        for state in ["building", "paused", "stuck", "ahead-of-log", "missing"] {
            assert_eq!(told(&json!({ "state": state })).len(), 1, "{state}");
        }
    }
}
