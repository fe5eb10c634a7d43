//! The way through a list that is known page by page only: on, and back where one came from.

use maud::{Markup, html};

/// So many pages back are remembered in the address.
const BACK: usize = 12;

/// Where in a list a page is, as its address tells: `after` is its place, each `back` a place before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trail {
    /// Where the page begins; nothing for the first.
    pub(crate) after: Option<String>,
    back: Vec<String>,
}

impl Trail {
    /// Of the parameters of an address.
    pub(crate) fn of(query: &[(String, String)]) -> Self {
        let all = |wanted: &str| {
            let found = query.iter().filter(move |(name, _)| name == wanted);
            found.map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        let after = all("after").pop().filter(|after| !after.is_empty());
        Self { after, back: all("back") }
    }

    /// Links to the page before and to the one after; `stay` are the parameters that both keep.
    pub(crate) fn links(&self, path: &str, stay: &[(&str, &str)], next: Option<&str>) -> Markup {
        let before = self.after.is_some().then(|| {
            let (last, rest) =
                self.back.split_last().map_or(("", &[][..]), |(last, rest)| (last.as_str(), rest));
            address(path, stay, last, rest)
        });
        let next = next.map(|next| {
            let here = self.after.clone().unwrap_or_default();
            let mut back = self.back.clone();
            back.push(here);
            let too_many = back.len().saturating_sub(BACK);
            address(path, stay, next, &back[too_many..])
        });
        html! {
            @if before.is_some() || next.is_some() {
                nav.paging aria-label="Pages of the list" {
                    @if let Some(before) = before { a.button href=(before) rel="prev" { "Previous page" } }
                    @if let Some(next) = next { a.button href=(next) rel="next" { "Next page" } }
                }
            }
        }
    }
}

fn address(path: &str, stay: &[(&str, &str)], after: &str, back: &[String]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(stay.iter().filter(|(_, value)| !value.is_empty()));
    if !after.is_empty() {
        query.append_pair("after", after);
        query.extend_pairs(back.iter().map(|place| ("back", place)));
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(query: &str) -> Trail {
        let query: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Trail::of(&query)
    }

    /// Where the links of a page lead.
    fn hrefs(markup: &Markup) -> Vec<String> {
        let links = markup.0.split("href=\"").skip(1);
        let links = links.filter_map(|rest| rest.split_once('"')).map(|(href, _)| href);
        links.map(|href| href.replace("&amp;", "&")).collect()
    }

    #[test]
    fn who_goes_on_comes_back_page_by_page_with_the_same_search() {
        let stay = [("q", "a&b"), ("show", "")];
        let first = hrefs(&at("").links("/p", &stay, Some("2")));
        assert_eq!(first, ["/p?q=a%26b&after=2&back="]);
        let second = hrefs(&at("after=2&back=").links("/p", &stay, Some("3")));
        assert_eq!(second, ["/p?q=a%26b", "/p?q=a%26b&after=3&back=&back=2"]);
        let third = hrefs(&at("after=3&back=&back=2").links("/p", &stay, None));
        assert_eq!(third, ["/p?q=a%26b&after=2&back="]);
    }

    #[test]
    fn the_way_back_has_a_greatest_length() {
        let far: Vec<String> = (0..40).map(|place| format!("back={place}")).collect();
        let links = hrefs(&at(&format!("{}&after=40", far.join("&"))).links("/p", &[], Some("41")));
        assert_eq!(links[1].matches("back=").count(), BACK);
        assert!(links[1].ends_with("&back=40"), "{links:?}");
    }
}
