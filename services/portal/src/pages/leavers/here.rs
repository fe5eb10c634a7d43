//! Where a form stands, so that whoever sends it comes back to the same page; and what was typed into it when it
//! could not be done.

use events::EmployeeId;
use maud::{Markup, html};

use super::place::home;
use super::whom::{Match, Whom, whom};
use crate::fields::Fields;
use crate::portal::Portal;
use crate::query;
use crate::refused::Refused;
use crate::signed::Signed;

/// What the address of a page may say that a form leads back to. None of it names a person but by id.
const KEPT: [&str; 9] =
    ["list", "employee", "type", "from", "to", "decision", "after", "back", "at"];

/// What is given back of what was typed.
const TYPED: [&str; 11] =
    ["of", "booking", "all", "reason", "to", "whose", "type", "from", "decision", "kind", "days"];

/// The page on which a form stands.
#[derive(Debug)]
pub(super) struct Here<'s> {
    place: String,
    typed: Option<&'s Fields>,
    /// Who may have been meant by what was typed, where it was nobody's name.
    matches: Vec<Match>,
}

impl<'s> Here<'s> {
    /// The inbox, or the page of one leaver, as its address says it.
    pub(super) async fn of(
        portal: &Portal,
        signed: &'s Signed,
        page: &str,
        asked: &[(String, String)],
    ) -> Result<Self, Refused> {
        let notice = signed.session.notice.as_ref().map(|(_, notice)| notice);
        let typed = notice.filter(|notice| !notice.done).map(|notice| &notice.typed);
        let meant = typed.and_then(|typed| match (typed.said("whose"), typed.said("to")) {
            (Some(whose), _) => Some((whose, "former")),
            (None, Some(to)) if typed.get("of") != FILTER => Some((to, "active")),
            (None, _) => None,
        });
        let matches = match meant {
            Some((text, standing)) => match whom(portal, signed, text, standing).await? {
                Whom::Perhaps(matches) => matches,
                Whom::One(_) | Whom::Nobody => Vec::new(),
            },
            None => Vec::new(),
        };
        Ok(Self { place: format!("{page}?{}", kept(asked)), typed, matches })
    }

    /// What a form says of it.
    pub(super) fn field(&self) -> Markup {
        html! { input type="hidden" name="place" value=(self.place); }
    }

    /// What was typed into the form that is about this, and who may have been meant.
    pub(super) fn typed(&self, of: &str) -> (Option<&'s Fields>, &[Match]) {
        match self.typed.filter(|typed| typed.get("of") == of) {
            Some(typed) => (Some(typed), &self.matches),
            None => (None, &[]),
        }
    }
}

/// What the form is about that narrows the inbox.
pub(super) const FILTER: &str = "filter";

fn kept(asked: &[(String, String)]) -> String {
    let kept = asked.iter().filter(|(name, _)| KEPT.contains(&name.as_str()));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
}

/// Where a form leads back to: the page on which it stands, of this leaver if it does not say which.
pub(super) fn back(signed: &Signed, employee: EmployeeId, fields: &Fields) -> String {
    let (page, asked) = fields.get("place").split_once('?').unwrap_or_default();
    let home = home(signed);
    let page = if page == "inbox" { home } else { format!("{home}/{employee}") };
    let asked = kept(&query::read(Some(asked)));
    if asked.is_empty() { page } else { format!("{page}?{asked}") }
}

/// What was typed, to be given back.
pub(super) fn given_back(fields: &Fields) -> Fields {
    fields.only(&TYPED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_narrows_a_page_and_nothing_else() {
        let asked = query::read(Some("type=desk&after=x&back=&back=1&notice=n&reason=ill"));
        assert_eq!(kept(&asked), "type=desk&after=x&back=&back=1");
    }

    #[test]
    fn what_is_given_back_is_what_somebody_filled_in() {
        let sent =
            Fields::read(b"csrf=secret&listed=1,2&of=7&booking=1&booking=2&reason=left+us&to=bob");
        let given = given_back(&sent);
        assert_eq!(given.write(), "of=7&booking=1&booking=2&reason=left+us&to=bob");
    }
}
