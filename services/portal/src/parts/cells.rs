//! The cells of a table's rows, each with the name of its column: on a narrow screen it is shown beside the cell, and
//! whoever hears the page hears a table there, too.

use maud::html;

/// The rows, which are markup of ours, with what each cell is called and what it is to a reader of tables; and
/// which columns have numbers.
pub(super) fn named(rows: &str, heads: &[&str]) -> (String, Vec<bool>) {
    let labels: Vec<String> =
        heads.iter().map(|head| html! { i data-label=(head) {} }.into_string()).collect();
    // As it is written in a tag: ` data-label="…"`.
    let labels: Vec<&str> =
        labels.iter().map(|tag| tag.trim_start_matches("<i").trim_end_matches("></i>")).collect();
    let mut numbers = vec![false; heads.len()];
    let mut written = String::with_capacity(rows.len() * 2);
    let mut column = 0;
    let mut rest = rows;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        written.push_str(before);
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        let (tag, after) = tag.split_at(end);
        rest = after;
        match kind(tag) {
            Some(Kind::Row) => {
                column = 0;
                written.push_str(r#"<tr role="row""#);
                written.push_str(&tag[3..]);
            }
            Some(cell @ (Kind::Cell | Kind::RowHead)) => {
                let is_cell = cell == Kind::Cell;
                let role = if is_cell { r#" role="cell""# } else { r#" role="rowheader""# };
                written.push_str(&tag[..3]);
                written.push_str(role);
                let span = span(tag);
                if span == 1 {
                    written.push_str(labels.get(column).unwrap_or(&""));
                }
                written.push_str(&tag[3..]);
                if let Some(number) = numbers.get_mut(column) {
                    *number |= is_number(tag);
                }
                column += span;
            }
            None => written.push_str(tag),
        }
    }
    written.push_str(rest);
    (written, numbers)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Row,
    Cell,
    RowHead,
}

fn kind(tag: &str) -> Option<Kind> {
    let name = tag.trim_start_matches('<').split([' ', '>']).next()?;
    match name {
        "tr" => Some(Kind::Row),
        "td" => Some(Kind::Cell),
        "th" => Some(Kind::RowHead),
        _ => None,
    }
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}

fn span(tag: &str) -> usize {
    attribute(tag, "colspan").and_then(|span| span.parse().ok()).unwrap_or(1)
}

fn is_number(tag: &str) -> bool {
    attribute(tag, "class").is_some_and(|class| class.split(' ').any(|one| one == "num"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cell_is_named_by_its_column_and_columns_with_numbers_are_found() {
        let rows = html! {
            tr { th scope="row" { "<td>" } td.num.nowrap { "1" } }
            tr.x { td colspan="2" { "both" } }
        };
        let (named, numbers) = named(&rows.0, &["Name", "\"Size\""]);
        let expected = concat!(
            r#"<tr role="row"><th role="rowheader" data-label="Name" scope="row">&lt;td&gt;</th>"#,
            r#"<td role="cell" data-label="&quot;Size&quot;" class="num nowrap">1</td></tr>"#,
            r#"<tr role="row" class="x"><td role="cell" colspan="2">both</td></tr>"#,
        );
        assert_eq!(named, expected);
        assert_eq!(numbers, [false, true]);
    }

    #[test]
    fn rows_of_other_tags_stay_as_they_are() {
        let rows = html! { tr { td { form { input name="a>b"; } } } };
        let (named, _) = named(&rows.0, &["One"]);
        assert!(named.ends_with(r#"<form><input name="a&gt;b"></form></td></tr>"#), "{named}");
    }
}
