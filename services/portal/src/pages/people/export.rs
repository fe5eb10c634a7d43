//! The people as a table for other programs.

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use events::Standing;
use futures_util::stream;
use web::Problem;

use super::list::{Asked, Employees, Listed};
use crate::portal::Portal;
use crate::refused::Refused;
use crate::signed::Signed;

/// So many people are asked for at once.
const ROWS: usize = 500;

const HEADS: [&str; 9] = [
    "employee id",
    "user name",
    "display name",
    "external id",
    "standing",
    "held since",
    "primary team",
    "joined",
    "left",
];

/// What is still to be written.
struct Rest {
    portal: Portal,
    signed: Signed,
    asked: Asked,
    /// The next page, which is there already; none after the last.
    page: Option<Employees>,
}

/// `GET …/people/export.csv`: whom the list shows, all of them, as they are found.
pub(super) async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let asked = Asked::of(query.as_deref());
    let first: Employees = portal.apis().get(&signed, &asked.call(&signed, ROWS, None)).await?;
    let name = format!("attachment; filename=\"people-{}.csv\"", signed.tenant);
    let rest = Rest { portal, signed, asked, page: Some(first) };
    let heads = stream::iter([Ok(line(HEADS.map(str::to_owned)))]);
    let rows = stream::try_unfold(rest, page);
    let body = Body::from_stream(futures_util::StreamExt::chain(heads, rows));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&name).expect("a tenant's name is of letters, digits and dashes"),
        ),
    ];
    Ok((headers, body).into_response())
}

/// Writes one page, and asks for the next. Where that cannot be had, the table is cut off, so that nobody
/// takes it for whole.
async fn page(mut rest: Rest) -> Result<Option<(Bytes, Rest)>, std::io::Error> {
    let Some(Employees { employees, next }) = rest.page.take() else { return Ok(None) };
    let text: Vec<u8> = employees.iter().flat_map(|one| line(cells(one))).collect();
    if let Some(after) = next {
        let call = rest.asked.call(&rest.signed, ROWS, Some(&after));
        let asked = rest.portal.apis().get(&rest.signed, &call).await;
        let cut = |problem: Problem| std::io::Error::other(problem.detail);
        rest.page = Some(asked.map_err(cut)?);
    }
    Ok(Some((Bytes::from(text), rest)))
}

fn cells(Listed { employee, primary_team }: &Listed) -> [String; 9] {
    let standing = match employee.standing {
        Standing::Active => "active",
        Standing::Former => "former",
    };
    [
        employee.id.to_string(),
        employee.user_name.clone(),
        employee.display_name.clone(),
        employee.external_id.clone().unwrap_or_default(),
        standing.to_owned(),
        employee.held.as_ref().map(|held| held.since.to_string()).unwrap_or_default(),
        primary_team.as_ref().map(|team| team.name.clone()).unwrap_or_default(),
        employee.joined_at.to_string(),
        employee.left_at.map(|left| left.to_string()).unwrap_or_default(),
    ]
}

fn line(cells: [String; 9]) -> Bytes {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells.map(harmless)).expect("a vector can be written to");
    Bytes::from(writer.into_inner().expect("a vector can be written to"))
}

/// A value that no spreadsheet takes for a formula: it gets an apostrophe before it if it begins like one.
fn harmless(value: String) -> String {
    if value.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{value}") } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula_and_all_others_are_as_they_were() {
        for begin in ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(begin.to_owned()), format!("'{begin}"));
        }
        for plain in ["", "a=b", " =1", "Ada", "'quoted'"] {
            assert_eq!(harmless(plain.to_owned()), plain);
        }
    }

    #[test]
    fn a_line_is_one_record_whatever_is_in_it() {
        let cells = ["a,b", "\"q\"", "two\nlines", "", "", "", "=1", "", ""].map(str::to_owned);
        assert_eq!(line(cells), "\"a,b\",\"\"\"q\"\"\",\"two\nlines\",,,,'=1,,\n");
    }
}
