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
    let mut writer = csv::WriterBuilder::new()
        // Quoted, no separator that a spreadsheet expects in some country begins another cell.
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(cells.map(|cell| harmless(&cell))).expect("a vector can be written to");
    Bytes::from(writer.into_inner().expect("a vector can be written to"))
}

/// A value in which no spreadsheet finds a formula: an apostrophe stands before whatever begins like one, at its
/// start and behind what may end a cell where lists are separated by semicolons or tabs.
fn harmless(value: &str) -> String {
    let mut harmless = String::with_capacity(value.len() + 1);
    let mut begins = true;
    for letter in value.chars() {
        if begins && FORMULA.contains(&letter) {
            harmless.push('\'');
        }
        harmless.push(letter);
        let ends_a_cell = matches!(letter, ';' | '\t' | '\r' | '\n');
        begins = ends_a_cell || (begins && is_passed_over(letter));
    }
    harmless
}

/// What a formula begins with, at full width too; a tab and a carriage return hide what comes after them.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// What some spreadsheets cut off before they look for a formula.
fn is_passed_over(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || letter == '\u{feff}' || letter == '"'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
        let records = reader.records().map(|record| record.expect("a record"));
        records.map(|record| record.iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn no_cell_begins_a_formula_and_all_others_are_as_they_were() {
        let formulas = [
            ("=1+1", "'=1+1"),
            ("+49", "'+49"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r'=1"),
            ("＝1", "'＝1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠A", "'＠A"),
            (" =1", " '=1"),
            ("\u{feff}=1", "\u{feff}'=1"),
            ("Ada;=1", "Ada;'=1"),
            ("Ada; \"=1", "Ada; \"'=1"),
            ("Ada\t+1", "Ada\t'+1"),
            ("Ada\r\n-1", "Ada\r\n'-1"),
        ];
        for (formula, written) in formulas {
            assert_eq!(harmless(formula), written);
        }
        for plain in [
            "",
            "a=b",
            "Ada",
            "'quoted'",
            "ada+test@x.example",
            "Smith-Jones",
            "a; b",
            "2026-12-01",
        ] {
            assert_eq!(harmless(plain), plain);
        }
    }

    #[test]
    fn every_field_is_quoted_and_a_reader_finds_one_record_whatever_is_in_it() {
        let cells =
            ["a,b", "\"q\"", "two\nlines", "a;b", "", "", "=1", "ü", "\t"].map(str::to_owned);
        let text = line(cells);
        assert_eq!(
            text,
            "\"a,b\",\"\"\"q\"\"\",\"two\nlines\",\"a;b\",\"\",\"\",\"'=1\",\"ü\",\"'\t\"\r\n"
        );
        let expected = ["a,b", "\"q\"", "two\nlines", "a;b", "", "", "'=1", "ü", "'\t"];
        assert_eq!(read(&text), [expected]);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_written_is_read_as_it_was_but_for_the_apostrophe(cells: [String; 9]) {
            let expected = cells.clone().map(|cell| harmless(&cell));
            proptest::prop_assert_eq!(read(&line(cells)), [expected]);
        }
    }
}
