//! A directory as of a moment as it goes over the wire: in pieces, so that it takes no memory beside
//! the roster.

use std::collections::VecDeque;
use std::convert::Infallible;

use events::EmployeeId;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use serde_json::json;

use crate::directory_at::{DirectoryAt, EmployeeAt};
use crate::person::mask::Mask;

/// A piece has so many people.
const CHUNK: usize = 500;

/// The columns of the CSV.
const COLUMNS: [&str; 9] = [
    "employee_id",
    "standing",
    "held",
    "user_name",
    "external_id",
    "display_name",
    "primary_team",
    "primary_team_id",
    "additional_teams",
];

type Pieces = BoxStream<'static, Result<Vec<u8>, Infallible>>;

impl DirectoryAt {
    /// One JSON object: what it is about, and a list of [`EmployeeAt`].
    pub(crate) fn json(self, mask: Mask) -> Pieces {
        let head = json!({
            "schema": "rollcall.employees-at.v1",
            "tenant": self.tenant,
            "time": self.time,
            "position": self.position,
            "events": self.events,
            "revealed": mask == Mask::Revealed,
        });
        let head = head.to_string();
        let head = format!("{},\"employees\":[", head.trim_end_matches('}'));
        let mut first = true;
        let rows = self.pieces(mask, move |people| {
            let mut text = Vec::new();
            for person in people {
                if !std::mem::take(&mut first) {
                    text.extend_from_slice(b",");
                }
                serde_json::to_writer(&mut text, &person).expect("a vector takes all");
            }
            text
        });
        wrapped(head.into_bytes(), rows, b"]}\n".to_vec())
    }

    /// CSV (RFC 4180) with a line of names.
    pub(crate) fn csv(self, mask: Mask) -> Pieces {
        let head = record(&COLUMNS.map(str::to_owned));
        let rows = self.pieces(mask, |people| people.iter().flat_map(row).collect());
        wrapped(head, rows, vec![])
    }

    fn pieces(
        self,
        mask: Mask,
        mut written: impl FnMut(Vec<EmployeeAt>) -> Vec<u8> + Send + 'static,
    ) -> Pieces {
        let people: VecDeque<EmployeeId> = self.people().into();
        stream::iter(chunks(people))
            .map(move |ids| {
                let people = ids.into_iter().filter_map(|id| self.employee(id, mask)).collect();
                Ok(written(people))
            })
            .boxed()
    }
}

fn chunks(mut people: VecDeque<EmployeeId>) -> impl Iterator<Item = Vec<EmployeeId>> {
    std::iter::from_fn(move || {
        let next: Vec<EmployeeId> = people.drain(..people.len().min(CHUNK)).collect();
        (!next.is_empty()).then_some(next)
    })
}

fn wrapped(head: Vec<u8>, rows: Pieces, end: Vec<u8>) -> Pieces {
    stream::iter([Ok(head)]).chain(rows).chain(stream::iter([Ok(end)])).boxed()
}

fn row(person: &EmployeeAt) -> Vec<u8> {
    let team_id = person.primary_team_id.map(|team| team.to_string());
    record(&[
        person.employee_id.to_string(),
        person.standing.clone(),
        person.held.to_string(),
        person.user_name.clone(),
        person.external_id.clone().unwrap_or_default(),
        person.display_name.clone().unwrap_or_default(),
        person.primary_team.clone().unwrap_or_default(),
        team_id.unwrap_or_default(),
        person.additional_teams.join("; "),
    ])
}

/// A line of CSV. A field that a spreadsheet would take for a formula stays a text.
fn record(fields: &[String; COLUMNS.len()]) -> Vec<u8> {
    let quoted = fields.iter().map(|field| {
        let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let apostrophe = if formula { "'" } else { "" };
        format!("\"{apostrophe}{}\"", field.replace('"', "\"\""))
    });
    let mut line = quoted.collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line.into_bytes()
}
