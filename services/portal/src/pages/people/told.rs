//! What the operators' API tells of one's own people: all that happened, and why things are as they are.

use axum::http::Method;
use events::EmployeeId;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use roster::TenantRoster;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::parts::actor::by;
use crate::parts::request_link::request_link;
use crate::parts::text::short;
use crate::portal::Portal;
use crate::query;
use crate::refused::Refused;
use crate::signed::Signed;

/// Which moment is asked about.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// The nth moment at which something happened, counted from one.
    step: Option<usize>,
    /// A time.
    at: Option<String>,
    /// The page of the timeline, the newest being the first.
    pub(super) older: usize,
}

impl Asked {
    pub(super) fn of(query: Option<&str>) -> Self {
        let mut asked = Self::default();
        for (key, value) in query::read(query) {
            match &*key {
                "step" => asked.step = value.parse().ok(),
                "at" => asked.at = Some(value.trim().to_owned()).filter(|at| !at.is_empty()),
                "older" => asked.older = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        asked
    }
}

/// An event that concerns a person.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct EventRef {
    pub(super) event: String,
    pub(super) at: Timestamp,
    pub(super) request: Option<String>,
    pub(super) actor: String,
}

impl EventRef {
    /// Who made it so, and the request with which they did.
    pub(super) fn cause(&self, signed: &Signed, tenant: Option<&TenantRoster>) -> Markup {
        html! {
            (by(tenant, &self.actor))
            @if let Some(request) = &self.request {
                @if let Some(path) = request_link(signed, tenant, &self.actor, request, self.at) {
                    " · " a href=(path) { "request" }
                }
            }
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct History {
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Step {
    #[serde(flatten)]
    pub(super) event: EventRef,
    pub(super) changes: Vec<Change>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Change {
    pub(super) fact: String,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

/// What was known at a moment; nothing, before the first.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Explanation {
    pub(super) known: bool,
    pub(super) facts: Vec<Fact>,
    pub(super) teams: Vec<Team>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Fact {
    pub(super) fact: String,
    pub(super) value: Value,
    pub(super) set_by: EventRef,
}

#[derive(Debug, Deserialize)]
pub(super) struct Team {
    pub(super) name: String,
    pub(super) rank: String,
    pub(super) origin: String,
    pub(super) set_by: EventRef,
    pub(super) because: Option<String>,
}

/// What the moment is, among those at which something happened.
#[derive(Debug)]
pub(super) struct Moments {
    pub(super) all: Vec<Timestamp>,
    /// The time asked about; none for now.
    pub(super) at: Option<Timestamp>,
    /// How many of them are not after it.
    pub(super) step: usize,
    /// Why it is not the moment that was asked about.
    pub(super) notice: Option<String>,
}

impl Moments {
    /// What is no time, or is still to come, is told beside the person as they are now.
    fn of(history: &History, asked: &Asked, now: Timestamp) -> Self {
        let mut all: Vec<Timestamp> = history.steps.iter().map(|step| step.event.at).collect();
        all.sort_unstable();
        all.dedup();
        let time = asked.at.as_deref().map(|text| time(text, now)).transpose();
        let (time, notice) = match time {
            Ok(Some(at)) if at > now => {
                let notice = "That moment is still to come: what you see is how it is now.";
                (None, Some(notice.to_owned()))
            }
            Ok(time) => (time, None),
            Err(notice) => (None, Some(notice)),
        };
        let at = match (time, asked.step) {
            (Some(time), _) => Some(time),
            (None, _) if notice.is_some() => None,
            (None, Some(step)) if step < all.len() => all.get(step.saturating_sub(1)).copied(),
            (None, _) => None,
        };
        let step = at.map_or(all.len(), |at| all.partition_point(|one| *one <= at));
        Self { all, at, step, notice }
    }

    /// Whether it is asked about a time before anything happened.
    fn is_before_all(&self) -> bool {
        self.at.is_some_and(|at| self.all.first().is_some_and(|first| at < *first))
    }
}

/// A time as RFC 3339 writes it, or as the field of a form does, in UTC. A field has no part of a second, and
/// perhaps no second: it means all of that minute or second, as far as it has passed.
fn time(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let begin = format!("{text}Z").parse::<Timestamp>().map_err(|_| {
        let text = short(text, 40);
        format!("“{text}” is no date and time, so what you see is how it is now. Write it as 2026-12-01T09:30.")
    })?;
    let said = if text.matches(':').count() < 2 {
        SignedDuration::from_mins(1)
    } else if text.contains('.') {
        SignedDuration::ZERO
    } else {
        SignedDuration::from_secs(1)
    };
    let end = begin.saturating_add(said - SignedDuration::from_nanos(1)).unwrap_or(begin);
    Ok(end.min(now).max(begin))
}

/// Somebody, as the APIs tell of them at a moment.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) history: History,
    pub(super) moments: Moments,
    pub(super) explanation: Explanation,
}

impl Told {
    pub(super) async fn of(
        portal: &Portal,
        signed: &Signed,
        id: EmployeeId,
        asked: &Asked,
    ) -> Result<Self, Refused> {
        let mut body = json!({ "person": id, "tenant": signed.tenant });
        let path = "/ops/v1/history";
        let history: History = portal.apis().send(signed, Method::POST, path, Some(&body)).await?;
        let moments = Moments::of(&history, asked, (portal.settings().now)());
        if moments.is_before_all() {
            // The operators' API tells where its log begins, of whichever tenant.
            return Ok(Self { history, moments, explanation: Explanation::default() });
        }
        if let Some(at) = moments.at {
            body["at"] = json!(at.to_string());
        }
        let path = "/ops/v1/explain";
        let explanation = portal.apis().send(signed, Method::POST, path, Some(&body)).await?;
        Ok(Self { history, moments, explanation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_that_is_asked_about_has_all_that_happened_in_it_so_far() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let asked = |text: &str, now: &str| time(text, at(now)).expect("a time");
        let later = "2026-12-02T00:00:00Z";
        assert_eq!(asked("2026-12-01T10:08", later), at("2026-12-01T10:08:59.999999999Z"));
        assert_eq!(asked("2026-12-01T10:08:05", later), at("2026-12-01T10:08:05.999999999Z"));
        assert_eq!(asked("2026-12-01T10:08:05.25", later), at("2026-12-01T10:08:05.25Z"));
        assert_eq!(asked("2026-12-01T10:08:05Z", later), at("2026-12-01T10:08:05Z"));
        assert_eq!(asked("2026-12-01T10:08", "2026-12-01T10:08:30Z"), at("2026-12-01T10:08:30Z"));
        assert!(time("1900", at(later)).is_err());
    }

    #[test]
    fn who_asks_about_a_moment_to_come_or_about_none_is_shown_now_and_told_so() {
        let now: Timestamp = "2026-12-01T10:00:00Z".parse().expect("a time");
        let history = History { steps: vec![] };
        for (asked, said) in [
            ("2027-01-01T00:00", Some("still to come")),
            ("2027-01-01T00:00:00Z", Some("still to come")),
            ("soon", Some("“soon” is no date and time")),
            ("2026-12-01T09:00", None),
            // The minute that goes on, as far as it has passed.
            ("2026-12-01T10:00", None),
        ] {
            let asked = Asked { at: Some(asked.to_owned()), ..Asked::default() };
            let moments = Moments::of(&history, &asked, now);
            assert_eq!(moments.at.is_none(), said.is_some(), "{asked:?}");
            let notice = moments.notice.unwrap_or_default();
            assert!(notice.contains(said.unwrap_or("")), "{asked:?}: {notice}");
        }
    }
}
