//! Output of the verbs: results on standard output, everything else on standard error.

use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// Whether a line could not be printed.
static READER_IS_GONE: AtomicBool = AtomicBool::new(false);

/// Prints one line of a result. A reader who has gone away (`| head`) is no error.
pub(crate) fn line(text: impl std::fmt::Display) {
    if writeln!(io::stdout().lock(), "{text}").is_err() {
        READER_IS_GONE.store(true, Ordering::Relaxed);
    }
}

/// Whether nobody reads what is printed any more: what would go on until it is interrupted ends then.
pub(crate) fn reader_is_gone() -> bool {
    READER_IS_GONE.load(Ordering::Relaxed)
}

/// Prints a result as one line of JSON.
pub(crate) fn json(value: &impl Serialize) {
    line(serde_json::to_string(value).expect("results have string keys only"));
}

/// Prints a result as one line of JSON that says which schema it has: `rollcall.NAME.v1`.
pub(crate) fn json_of(name: &str, value: &impl Serialize) {
    json(&named(name, value));
}

/// Prints a list as one line of JSON that says which schema it has.
pub(crate) fn json_list(name: &str, items: &[Value]) {
    json_of(name, &serde_json::json!({ name: items }));
}

fn named(name: &str, value: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(value).expect("results have string keys only");
    if let Some(members) = value.as_object_mut() {
        members.insert("schema".to_owned(), format!("rollcall.{name}.v1").into());
    }
    value
}

/// Prints the answer of a program that was asked: its JSON as it came, or what `shown` makes of it.
pub(crate) fn answer(as_json: bool, value: &Value, shown: impl FnOnce()) {
    if as_json {
        json(value);
    } else {
        shown();
    }
}

/// The elements of a list; none, if it is none.
pub(crate) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A text as it is, a number in figures, and nothing for what is missing. In place of what nobody would
/// see stands a sign that says so: it could make a terminal show something else.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => {
            let seen = |sign| if events::is_hidden(sign) { '\u{fffd}' } else { sign };
            text.chars().map(seen).collect()
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// A time, absolute and relative: `2026-03-02 08:20:00Z (3m ago)`.
pub(crate) fn when(value: &Value) -> String {
    let Some(at) = value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) else {
        return String::new();
    };
    since(at, eventlog::clock::now())
}

/// The same, as of `now`.
fn since(at: Timestamp, now: Timestamp) -> String {
    let shown = at.strftime("%Y-%m-%d %H:%M:%SZ");
    let seconds = now.duration_since(at).as_secs();
    let distance = distance(seconds.unsigned_abs());
    if seconds < 0 {
        format!("{shown} (in {distance})")
    } else {
        format!("{shown} ({distance} ago)")
    }
}

/// A span of time in its two largest units.
pub(crate) fn distance(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{minutes}m{:02}s", seconds % 60),
        3600..86_400 => format!("{hours}h{:02}m", minutes % 60),
        86_400.. => format!("{days}d{:02}h", hours % 24),
    }
}

/// A number with its thousands apart: `412,000`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size in the largest unit that leaves a number of it.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["B", "kB", "MB", "GB"];
    let (mut number, mut unit) = (bytes, 0);
    while number >= 10_000 && unit + 1 < UNITS.len() {
        number /= 1000;
        unit += 1;
    }
    format!("{} {}", grouped(number), UNITS[unit])
}

/// Tells a person at the terminal what is going on.
pub(crate) fn note(text: impl std::fmt::Display) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// Prints an error with its causes.
pub(crate) fn complain(error: &anyhow::Error) {
    note(format_args!("error: {error:#}"));
}

/// A table with aligned columns; the last is as wide as it likes.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) {
    table_with_details(head, rows, |_| vec![]);
}

/// The width of a screen that everybody has.
const WIDTH: usize = 80;

/// The same; below each row, lines that belong to it.
pub(crate) fn table_with_details(
    head: &[&str],
    rows: &[Vec<String>],
    details: impl Fn(usize) -> Vec<String>,
) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([head[column].len()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let aligned = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    line(aligned(head.to_vec()));
    for (index, row) in rows.iter().enumerate() {
        line(aligned(row.iter().map(String::as_str).collect()));
        for detail in details(index) {
            line(format_args!("{INDENT}{detail}"));
        }
    }
}

const INDENT: &str = "     ";

/// Words in lines that fit below a row; a longer word has a line of its own.
pub(crate) fn wrapped(words: &[String]) -> Vec<String> {
    wrapped_at(words, WIDTH - INDENT.len())
}

fn wrapped_at(words: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        let long = word.chars().count();
        match lines.last_mut() {
            Some(last) if last.chars().count() + 1 + long <= width => {
                last.push(' ');
                last.push_str(word);
            }
            Some(_) | None => lines.push(word.clone()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_says_which_schema_it_has() {
        let result = named("tenants", &serde_json::json!({ "tenants": [] }));
        assert_eq!(result, serde_json::json!({ "schema": "rollcall.tenants.v1", "tenants": [] }));
    }

    #[test]
    fn a_text_shows_what_it_holds_and_nothing_else() {
        let told = |value: Value| text(&value);
        assert_eq!(told("Zoë \"of\" №7".into()), "Zoë \"of\" №7");
        assert_eq!(told("a\u{202e}b\u{1b}[2J".into()), "a\u{fffd}b\u{fffd}[2J");
        assert_eq!((told(Value::Null), told(7.into())), (String::new(), "7".to_owned()));
    }

    #[test]
    fn words_are_wrapped_between_them_and_never_within() {
        let words = ["tenant=acme", "job=r_7f3c12ab90", "position=9"].map(str::to_owned);
        assert_eq!(wrapped_at(&words, 30), ["tenant=acme job=r_7f3c12ab90", "position=9"]);
        assert_eq!(wrapped_at(&words, 4), words);
        assert_eq!(wrapped_at(&[], 4), Vec::<String>::new());
    }

    #[test]
    fn times_are_told_absolute_and_relative_and_numbers_with_their_thousands_apart() {
        let now = Timestamp::from_second(1_000_000).expect("a time");
        let told = |second| since(Timestamp::from_second(second).expect("a time"), now);
        assert_eq!(told(999_995), "1970-01-12 13:46:35Z (5s ago)");
        assert_eq!(told(1_007_200), "1970-01-12 15:46:40Z (in 2h00m)");
        assert_eq!(distance(61), "1m01s");
        assert_eq!(distance(90_000), "1d01h");
        assert_eq!((grouped(7), grouped(1234)), ("7".to_owned(), "1,234".to_owned()));
        assert_eq!((size(9_999), size(410_000_000)), ("9,999 B".to_owned(), "410 MB".to_owned()));
    }
}
