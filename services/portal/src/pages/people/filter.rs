//! Which people the list shows.

use maud::{Markup, html};

use crate::parts::table::empty;

/// Which people are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    Active,
    Former,
    Held,
    All,
}

impl Filter {
    pub(super) const ALL: [Self; 4] = [Self::Active, Self::Former, Self::Held, Self::All];

    /// As the addresses of the pages say it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Former => "former",
            Self::Held => "held",
            Self::All => "all",
        }
    }

    /// As the tabs call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Former => "Former",
            Self::Held => "Held",
            Self::All => "Everybody",
        }
    }

    /// Whether somebody of these may have left.
    pub(super) fn shows_left(self) -> bool {
        match self {
            Self::Active | Self::Held => false,
            Self::Former | Self::All => true,
        }
    }

    /// As the JSON API is asked.
    pub(super) fn parameter(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Active => Some(("standing", "active")),
            Self::Former => Some(("standing", "former")),
            Self::Held => Some(("held", "true")),
            Self::All => None,
        }
    }

    /// What stands in place of the list where nobody is in it. A search looks among those alone whom the tab shows, so
    /// that it says so; `everybody` leads to the same search among all.
    pub(super) fn nobody(self, search: &str, everybody: &str) -> Markup {
        let (title, text) = self.none();
        if search.is_empty() {
            return empty(title, text);
        }
        match self.whoever() {
            Some(whoever) => html! {
                div.empty {
                    p.empty-title { "Nobody is found" }
                    p { "Nobody " (whoever) " has these letters in their name, user name or external id." }
                    p { a href=(everybody) { "Search everybody" } }
                }
            },
            None => {
                empty("Nobody is found", "No name, user name or external id has these letters.")
            }
        }
    }

    /// How those are called among whom a search looks; nothing, where it looks among all.
    fn whoever(self) -> Option<&'static str> {
        match self {
            Self::Active => Some("who is Active"),
            Self::Former => Some("who is Former"),
            Self::Held => Some("who is held"),
            Self::All => None,
        }
    }

    /// What is said where nobody stands so.
    fn none(self) -> (&'static str, &'static str) {
        match self {
            Self::Active | Self::All => (
                "Nobody is here yet",
                "People appear by themselves once Entra provisions them: see Integrations.",
            ),
            Self::Former => {
                ("Nobody has left", "Whoever is disabled or deleted in Entra is listed here.")
            }
            Self::Held => (
                "Nobody is held",
                "When many people leave at once, they can be kept Active until somebody decides.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_among_some_says_among_whom_and_leads_to_one_among_all() {
        let told = |filter: Filter, search| filter.nobody(search, "/all?q=eve").into_string();
        for (filter, whoever) in [
            (Filter::Active, "Nobody who is Active has"),
            (Filter::Former, "Nobody who is Former has"),
            (Filter::Held, "Nobody who is held has"),
        ] {
            let told = told(filter, "eve");
            assert!(told.contains(whoever), "{told}");
            assert!(told.contains(r#"href="/all?q=eve""#), "{told}");
        }
        let all = told(Filter::All, "eve");
        assert!(all.contains("No name, user name") && !all.contains("href"), "{all}");
        let none = told(Filter::Former, "");
        assert!(none.contains("Nobody has left") && !none.contains("href"), "{none}");
    }
}
