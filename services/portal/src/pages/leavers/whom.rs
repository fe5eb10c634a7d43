//! Whom somebody means by a name or a user name.

use events::EmployeeId;
use maud::{Markup, html};
use serde::Deserialize;
use web::path_id;

use super::place::api;
use crate::fields::Fields;
use crate::names;
use crate::parts::text::{NAME, short};
use crate::portal::Portal;
use crate::query;
use crate::refused::Refused;
use crate::signed::Signed;

/// So many people are offered who may be meant.
const OFFERED: usize = 8;
/// So many are looked through for one whose whole name it is: as many as one question answers.
const LOOKED_AT: &str = "500";
/// The longest text that the directory is searched for.
const LONGEST: usize = 200;

/// Who is meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// This person: it is their user name, or the whole name of nobody else.
    One(EmployeeId),
    /// One of these, perhaps: the first of them.
    Perhaps(Vec<Match>),
    /// Nobody.
    Nobody,
}

/// Somebody who may be meant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Match {
    pub(super) id: EmployeeId,
    user_name: String,
    display_name: Option<String>,
}

impl Match {
    /// By what others know them.
    pub(super) fn in_words(&self) -> String {
        let user_name = short(&self.user_name, NAME);
        match &self.display_name {
            Some(name) => format!("{} ({user_name})", short(name, NAME)),
            None => user_name,
        }
    }
}

#[derive(Debug, Deserialize)]
struct Found {
    employees: Vec<Match>,
    next: Option<String>,
}

/// Whom a text means, of those with this standing.
pub(super) async fn whom(
    portal: &Portal,
    signed: &Signed,
    text: &str,
    standing: &str,
) -> Result<Whom, Refused> {
    let text = text.trim();
    if let Some(one) = names::by_user_name(portal, signed, text).await? {
        return Ok(Whom::One(one));
    }
    if text.is_empty() || text.chars().count() > LONGEST {
        return Ok(Whom::Nobody);
    }
    let wanted = query::write([("q", text), ("standing", standing), ("limit", LOOKED_AT)]);
    let path = format!("{}?{wanted}", api(signed, "employees"));
    let Found { employees, next } = portal.apis().get(signed, &path).await?;
    Ok(of(employees, text, next.is_none()))
}

/// Whom a form hands over to: who was chosen of those that its page offered, else who is called as it says.
pub(super) async fn colleague(
    portal: &Portal,
    signed: &Signed,
    fields: &Fields,
) -> Result<Whom, Refused> {
    match fields.said("colleague") {
        Some(chosen) => Ok(Whom::One(path_id("colleague", chosen)?)),
        None => whom(portal, signed, fields.get("to"), "active").await,
    }
}

/// Those who may be meant, for somebody to choose.
pub(super) fn did_you_mean(matches: &[Match]) -> Markup {
    html! {
        @if !matches.is_empty() {
            fieldset {
                legend { "Did you mean" }
                @for one in matches {
                    label.check {
                        input type="radio" name="colleague" value=(one.id);
                        span { (one.in_words()) }
                    }
                }
            }
        }
    }
}

/// Of all people in whose names the text is, or of some of them.
fn of(mut found: Vec<Match>, text: &str, are_all: bool) -> Whom {
    let is_name = |one: &Match| {
        one.display_name
            .as_ref()
            .is_some_and(|name| name.trim().to_lowercase() == text.to_lowercase())
    };
    let mut named = found.iter().filter(|one| is_name(one));
    match (named.next(), named.next()) {
        (Some(one), None) if are_all => return Whom::One(one.id),
        (_, _) => {}
    }
    // Those whose whole name it is come first.
    found.sort_by_key(|one| !is_name(one));
    found.truncate(OFFERED);
    if found.is_empty() { Whom::Nobody } else { Whom::Perhaps(found) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn person(number: u128, name: &str) -> Match {
        Match {
            id: EmployeeId(Uuid::from_u128(number)),
            user_name: format!("{number}@contoso.example"),
            display_name: Some(name.to_owned()),
        }
    }

    #[test]
    fn a_whole_name_means_one_person_if_nobody_else_has_it() {
        let people = vec![person(1, "Bob Stone-Miller"), person(2, "Bob Stone")];
        assert_eq!(
            of(people.clone(), "bob stone", true),
            Whom::One(EmployeeId(Uuid::from_u128(2)))
        );
        let Whom::Perhaps(offered) = of(people.clone(), "bob stone", false) else { panic!("one") };
        assert_eq!(offered[0].in_words(), "Bob Stone (2@contoso.example)", "not all were seen");
        assert_eq!(of(people.clone(), "Bob", true), Whom::Perhaps(people));
        let twins = vec![person(1, "Bob Stone"), person(2, "Bob Stone")];
        assert_eq!(of(twins.clone(), "Bob Stone", true), Whom::Perhaps(twins));
        assert_eq!(of(vec![], "Bob", true), Whom::Nobody);
    }
}
