//! Which bookings of leavers the inbox shows: whose, of which type, when, and what was decided about them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing;
use events::{EmployeeId, Standing};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use web::path_id;

use super::here::{FILTER, Here, given_back};
use super::place::{Booking, NEEDS, Names, home};
use super::whom::{Whom, whom};
use crate::fields::Fields;
use crate::parts::form::{csrf, select};
use crate::portal::Portal;
use crate::query;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Route, post};
use crate::session::Notice;
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    vec![post("/t/{tenant}/leavers/find", NEEDS, routing::post(find))]
}

/// What was decided about a booking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Decision {
    #[default]
    Undecided,
    Planned,
    Kept,
    HandedOver,
}

impl Decision {
    const ALL: [Self; 4] = [Self::Undecided, Self::Planned, Self::Kept, Self::HandedOver];

    /// As the JSON API and the addresses of the pages call it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Planned => "planned",
            Self::Kept => "kept",
            Self::HandedOver => "handed-over",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Undecided => "To decide",
            Self::Planned => "Will be cancelled",
            Self::Kept => "Kept",
            Self::HandedOver => "Handed over",
        }
    }
}

/// What is asked for; what is left out stays open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) employee: Option<EmployeeId>,
    resource_type: String,
    from: Option<Date>,
    to: Option<Date>,
    pub(super) decision: Decision,
}

impl Filter {
    /// Of the parameters of an address.
    pub(super) fn of(parameters: &[(String, String)]) -> Result<Self, Refused> {
        let said = |name: &str| query::said(parameters, name);
        let employee = match said("employee") {
            "" => None,
            id => Some(path_id("employee", id)?),
        };
        let decision = Decision::ALL.into_iter().find(|one| one.as_str() == said("decision"));
        Ok(Self {
            employee,
            resource_type: said("type").to_owned(),
            from: date(said("from"))?,
            to: date(said("to"))?,
            decision: decision.unwrap_or_default(),
        })
    }

    /// The parameters of the address of a page that shows it.
    pub(super) fn parameters(&self) -> Vec<(&'static str, String)> {
        let decision =
            if self.decision == Decision::default() { "" } else { self.decision.as_str() };
        let text = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        let all = [
            ("employee", self.employee.map(|id| id.to_string()).unwrap_or_default()),
            ("type", self.resource_type.clone()),
            ("from", text(self.from)),
            ("to", text(self.to)),
            ("decision", decision.to_owned()),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The same as one text.
    pub(super) fn query(&self) -> String {
        let parameters = self.parameters();
        query::write(parameters.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// As the JSON API is asked for the leavers who have such bookings.
    pub(super) fn call(&self) -> Vec<(&'static str, String)> {
        let (from, to) = self.moments();
        let all = [
            ("decision", self.decision.as_str().to_owned()),
            ("employee", self.employee.map(|id| id.to_string()).unwrap_or_default()),
            ("resourceType", self.resource_type.clone()),
            ("from", from.map(|at| at.to_string()).unwrap_or_default()),
            ("to", to.map(|at| at.to_string()).unwrap_or_default()),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Whether a booking is of the type and the time that are asked for.
    pub(super) fn fits(&self, booking: &Booking) -> bool {
        let (from, to) = self.moments();
        (self.resource_type.is_empty() || booking.resource_type == self.resource_type)
            && from.is_none_or(|from| booking.ends_at > from)
            && to.is_none_or(|to| booking.starts_at < to)
    }

    /// Whether more is asked for than what waits for a decision.
    pub(super) fn is_narrow(&self) -> bool {
        *self != Self::default()
    }

    /// From the beginning of the first day to the end of the last, in UTC.
    fn moments(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let begin = |date: Date| date.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
        let end = |date: Date| date.tomorrow().ok().and_then(begin);
        (self.from.and_then(begin), self.to.and_then(end))
    }
}

fn date(text: &str) -> Result<Option<Date>, Refused> {
    if text.is_empty() {
        return Ok(None);
    }
    // The years that four digits can write, of which each day has one after it.
    let is_meant = |date: &Date| (1..=9998).contains(&date.year());
    text.parse().ok().filter(is_meant).map(Some).ok_or_else(|| {
        let detail =
            format!("{text:?} is no date from 0001-01-01 to 9998-12-31; write it as 2026-12-31.");
        Refused::new(StatusCode::BAD_REQUEST, detail)
    })
}

/// The form. A person is named by their user name, which is no part of an address: the form is answered by an
/// address with their id.
pub(super) fn form(
    signed: &Signed,
    names: &Names,
    here: &Here,
    filter: &Filter,
    types: &[String],
) -> Markup {
    let decisions = Decision::ALL.map(|one| (one.as_str(), one.words()));
    let kinds = types.iter().map(|kind| (kind.as_str(), kind.as_str()));
    let kinds: Vec<(&str, &str)> = std::iter::once(("", "All types")).chain(kinds).collect();
    let text = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    let (before, matches) = here.typed(FILTER);
    let whose = filter.employee.and_then(|employee| names.user_name(employee)).unwrap_or_default();
    let whose = before.map_or(whose, |before| before.get("whose"));
    html! {
        form.filters method="post" action={ (home(signed)) "/find" } {
            (csrf(&signed.session.csrf))
            (here.field())
            input type="hidden" name="of" value=(FILTER);
            (select("Bookings", "decision", filter.decision.as_str(), &decisions))
            label.field {
                span.label { "Whose" }
                input type="text" name="whose" list="leavers" value=(whose) maxlength="256" autocomplete="off"
                    spellcheck="false" placeholder="Name or user name";
            }
            (names.suggestions("leavers", Standing::Former))
            (select("Type", "type", &filter.resource_type, &kinds))
            label.field { span.label { "From" } input type="date" name="from" value=(text(filter.from)); }
            label.field { span.label { "To" } input type="date" name="to" value=(text(filter.to)); }
            button { "Show" }
            @if filter.is_narrow() { a.button href=(home(signed)) { "Clear" } }
        }
        @if !matches.is_empty() {
            section.card aria-labelledby="meant" {
                h2 #meant { "Did you mean" }
                ul {
                    @for one in matches {
                        @let of_them = Filter { employee: Some(one.id), ..filter.clone() };
                        li { a href={ (home(signed)) "?" (of_them.query()) } { (one.in_words()) } }
                    }
                }
            }
        }
    }
}

/// `POST …/leavers/find`: on to the address that shows what the form asks for.
async fn find(
    State(portal): State<Portal>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Refused> {
    let home = home(&signed);
    let mut asked: Vec<(String, String)> = ["type", "from", "to", "decision"]
        .map(|name| (name.to_owned(), fields.get(name).trim().to_owned()))
        .into();
    let whose = fields.get("whose");
    let meant = if whose.trim().is_empty() {
        None
    } else {
        Some(whom(&portal, &signed, whose, "former").await?)
    };
    let why = match meant {
        None => None,
        Some(Whom::One(employee)) => {
            asked.push(("employee".to_owned(), employee.to_string()));
            None
        }
        Some(Whom::Perhaps(_)) => Some(
            "This is nobody's user name, nor the whole name of one leaver alone. Choose whom you mean.",
        ),
        Some(Whom::Nobody) => Some(
            "No leaver has this name or user name: say whose bookings to show as the directory names them.",
        ),
    };
    let address = format!("{home}?{}", Filter::of(&asked)?.query());
    match why {
        None => Ok(Redirect::to(&address).into_response()),
        Some(why) => {
            let notice = Notice::failed(why).with(given_back(&fields));
            then(&portal, &signed, notice, &address).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(query: &str) -> Filter {
        Filter::of(&query::read(Some(query))).unwrap()
    }

    #[test]
    fn an_address_says_what_is_asked_for_and_comes_back_as_it_was() {
        let query = "employee=01890000-0000-7000-8000-000000000001&type=meeting+room&from=2026-12-01&to=2026-12-31&decision=kept";
        let asked = filter(query);
        assert_eq!(asked.query(), query);
        assert!(asked.is_narrow() && !filter("").is_narrow());
        assert_eq!(filter("decision=nonsense").decision, Decision::Undecided);
        for date in ["yesterday", "0000-01-01", "-009999-01-01", "9999-12-31"] {
            assert!(Filter::of(&query::read(Some(&format!("from={date}")))).is_err(), "{date}");
        }
        assert!(Filter::of(&query::read(Some("employee=ada"))).is_err());
    }

    #[test]
    fn both_days_belong_to_what_is_asked_for() {
        let call = filter("from=2026-12-01&to=2026-12-31").call();
        let call: Vec<_> = call.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            call,
            ["decision=undecided", "from=2026-12-01T00:00:00Z", "to=2027-01-01T00:00:00Z"]
        );
    }
}
