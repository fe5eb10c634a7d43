//! What is known of a person, fact by fact, in words: teams, accounts and bookings by what they are called
//! and not by their ids.

use std::collections::BTreeMap;

use events::{BookingId, EmployeeId, TeamId};
use jiff::Timestamp;
use maud::{Markup, html};
use roster::TenantRoster;
use serde_json::Value;
use uuid::Uuid;

use super::told::{Change, History};
use crate::names;
use crate::parts::booked::booked;
use crate::parts::facts;
use crate::parts::text::{capital, name, short};
use crate::parts::time::moment;

/// What a fact is about, as the operators' API names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About<'f> {
    Standing,
    Held,
    PrimaryTeam,
    Team(&'f str),
    Account(&'f str),
    Booking(&'f str),
    Attribute(&'f str),
}

impl<'f> About<'f> {
    pub(super) fn of(fact: &'f str) -> Self {
        match fact {
            "standing" => return Self::Standing,
            "held" => return Self::Held,
            "primary team" => return Self::PrimaryTeam,
            _ => {}
        }
        // A client may name an attribute as it likes: only what is followed by an id is one of these.
        let named = fact.split_once(' ').filter(|(_, id)| id.parse::<Uuid>().is_ok());
        match named {
            Some(("team", id)) => Self::Team(id),
            Some(("resource", id)) => Self::Account(id),
            Some(("booking", id)) => Self::Booking(id),
            Some(_) | None => Self::Attribute(fact),
        }
    }
}

/// What teams and accounts are called, as far as the history has been read.
#[derive(Clone, Debug)]
pub(super) struct Names<'t> {
    tenant: Option<&'t TenantRoster>,
    teams: BTreeMap<String, String>,
    accounts: Vec<String>,
}

impl<'t> Names<'t> {
    /// Before anything happened. Accounts are numbered as they came.
    pub(super) fn of(tenant: Option<&'t TenantRoster>, history: &History) -> Self {
        let mut accounts: Vec<String> = Vec::new();
        for change in history.steps.iter().flat_map(|step| &step.changes) {
            if let About::Account(id) = About::of(&change.fact)
                && !accounts.iter().any(|known| known == id)
            {
                accounts.push(id.to_owned());
            }
        }
        Self { tenant, teams: BTreeMap::new(), accounts }
    }

    /// What teams are called after these changes.
    pub(super) fn learn(&mut self, changes: &[Change]) {
        for change in changes {
            let told = change.after.as_ref().and_then(|team| team["name"].as_str());
            if let (About::Team(id), Some(told)) = (About::of(&change.fact), told) {
                self.teams.insert(id.to_owned(), told.to_owned());
            }
        }
    }

    /// What a team was called; what it is called now, if the history does not tell.
    fn team(&self, id: &str) -> String {
        let known = self.teams.get(id).cloned();
        let now = || {
            let id = TeamId(id.parse().ok()?);
            names::team(self.tenant, id).map(str::to_owned)
        };
        known.or_else(now).unwrap_or_else(|| "a team that is gone".to_owned())
    }

    /// What an account in the directory is called: by its number, if the person had several.
    fn account(&self, id: &str) -> String {
        match self.accounts.iter().position(|known| known == id) {
            Some(place) if self.accounts.len() > 1 => format!("Account {} in Entra", place + 1),
            Some(_) | None => "Account in Entra".to_owned(),
        }
    }

    /// What a fact is called.
    pub(super) fn label(&self, about: About<'_>) -> String {
        match about {
            About::Standing => "Standing".to_owned(),
            About::Held => "Held".to_owned(),
            About::PrimaryTeam => "Primary team".to_owned(),
            About::Team(_) => "Team".to_owned(),
            About::Account(id) => self.account(id),
            About::Booking(_) => "Booking".to_owned(),
            About::Attribute(attribute) => facts::label(attribute),
        }
    }

    /// A value in words.
    pub(super) fn value(&self, about: About<'_>, value: &Value) -> Markup {
        let text = |part: &str| value.get(part).and_then(Value::as_str);
        match about {
            About::Standing => html! { (capital(value.as_str().unwrap_or_default())) },
            About::Held => match value.as_str() {
                Some(words) => html! { (words) },
                None => html! { "until somebody decides about the alert" },
            },
            About::PrimaryTeam => name(&self.team(value.as_str().unwrap_or_default())),
            About::Team(_) => html! {
                (name(text("name").unwrap_or_default())) " " span.soft { "(" (origin(value)) ")" }
            },
            About::Account(_) => html! {
                (text("state").unwrap_or_default())
                @if self.accounts.len() > 1 { ", " (profile_counts(value)) }
            },
            About::Booking(_) => self.booking(value),
            About::Attribute(_) => facts::shown(value),
        }
    }

    fn booking(&self, value: &Value) -> Markup {
        // What and when stand before; that it stands goes without saying.
        let told = |(part, shown): &(&str, Markup)| match *part {
            "What and when" => false,
            "State" => shown.0 != "booked",
            _ => true,
        };
        let parts = self.parts(value).into_iter();
        let more = parts.filter_map(|(part, shown)| Some((part, shown?))).filter(told);
        html! {
            (what_and_when(value))
            @for (part, shown) in more { span.soft { "; " (part.to_lowercase()) ": " } (shown) }
        }
    }

    /// Whose a booking is that was this person's until an event of this type; nothing, if nobody's.
    pub(super) fn gone_to(&self, event: &str, id: &str, was: &Value) -> Option<Markup> {
        match event {
            "booking.reopened" => {
                let whom = was.get("booked_for").and_then(Value::as_str)?;
                Some(html! { "back to " (self.person(whom)?) })
            }
            // To whom is in the history of theirs; it may have gone on, or back, since.
            "booking.handed-over" => {
                let known = id.parse().ok().zip(self.tenant);
                let known = known.and_then(|(id, tenant)| tenant.bookings().get(BookingId(id)));
                let now = known.filter(|known| known.booked_for.is_some());
                let now = now.and_then(|known| self.person(&known.employee.to_string()));
                Some(html! {
                    @match now {
                        Some(now) => { "handed over, and today with " (now) },
                        None => "handed over to a colleague",
                    }
                })
            }
            _ => None,
        }
    }

    /// What a person is called.
    fn person(&self, id: &str) -> Option<Markup> {
        let known = names::called(self.tenant, EmployeeId(id.parse().ok()?));
        Some(name(&known.unwrap_or_else(|| "somebody who was erased".to_owned())))
    }

    /// The parts of a booking, in words.
    pub(super) fn parts(&self, value: &Value) -> Vec<(&'static str, Option<Markup>)> {
        let text = |part: &str| value.get(part).and_then(Value::as_str).filter(|it| !it.is_empty());
        let decided = match value.get("decided") {
            Some(Value::String(words)) if words == "reopened" => Some(html! { "to decide again" }),
            Some(Value::String(words)) => Some(html! { (words) }),
            Some(Value::Object(plan)) => {
                let due = plan.get("cancelled_at").and_then(Value::as_str);
                due.and_then(|due| due.parse().ok())
                    .map(|due: Timestamp| html! { "to be cancelled on " (moment(due)) })
            }
            Some(_) | None => None,
        };
        let cancelled_by = text("cancelled_by").map(|by| match by {
            "booking-system" => html! { "the booking system" },
            _ => html! { "an administrator" },
        });
        vec![
            ("What and when", Some(what_and_when(value))),
            ("Type", text("resource_type").map(name)),
            ("Title", text("title").map(name)),
            ("State", text("state").map(|state| html! { (state) })),
            ("Cancelled by", cancelled_by),
            ("Booked for", text("booked_for").and_then(|id| self.person(id))),
            ("Decision", decided),
        ]
    }
}

/// What is booked, and when.
pub(super) fn what_and_when(value: &Value) -> Markup {
    let time = |part: &str| value.get(part).and_then(Value::as_str)?.parse::<Timestamp>().ok();
    let resource = value.get("resource").and_then(Value::as_str).unwrap_or_default();
    booked(&short(resource, 80), time("starts_at"), time("ends_at"))
}

/// By whom somebody is in a team.
pub(super) fn origin(team: &Value) -> &'static str {
    if team["origin"] == "synced" { "from Entra" } else { "added here" }
}

/// Of several accounts, one says what the profile is.
pub(super) fn profile_counts(account: &Value) -> &'static str {
    if account["describes_the_person"] == true {
        "its profile counts"
    } else {
        "the profile of another counts"
    }
}
