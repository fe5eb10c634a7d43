//! The text of a snapshot, some lines at a time.

use events::{AlertId, BookingId, EmployeeId, TeamId, Tenant};
use roster::{Roster, TenantRoster};
use serde::Serialize;

use super::shape::{Counts, SnapshotBegin, SnapshotEnd};
use crate::state;

/// Bytes that are written at a time, but for the last line of them.
const CHUNK: usize = 64 << 10;

/// What a line is about.
#[derive(Clone, Copy, Debug)]
enum Line {
    Begin,
    Team(TeamId),
    Alert(AlertId),
    Employee(EmployeeId),
    Booking(BookingId),
    End,
}

/// A snapshot being written. It holds the roster of its moment, and so what of it has changed since;
/// beside that, the ids of those who come.
#[derive(Debug)]
pub(crate) struct SnapshotText {
    roster: Roster,
    tenant: Tenant,
    cursor: String,
    counts: Counts,
    skipped: usize,
    lines: std::vec::IntoIter<Line>,
}

impl SnapshotText {
    /// A tenant's part of a roster, without the first `skip` lines about things.
    pub(crate) fn of(roster: Roster, tenant: Tenant, cursor: String, skip: usize) -> Self {
        let empty = TenantRoster::default();
        let part = roster.tenant(&tenant).unwrap_or(&empty);
        let synced = part.groups().skipping(0).map(|group| Line::Team(group.team));
        let own = part.own_teams().map(|own| Line::Team(own.team_id));
        let mut things: Vec<Line> = synced.chain(own).collect();
        let teams = things.len();
        // What others refer to comes before them.
        things.extend(part.guard().alerts().map(|alert| Line::Alert(alert.id)));
        let alerts = things.len() - teams;
        let people = things.len();
        things.extend(part.people().all().map(|person| Line::Employee(person.employee)));
        let employees = things.len() - people;
        things.extend(part.bookings().all().map(|booking| Line::Booking(booking.id)));
        let bookings = things.len() - people - employees;
        let counts = Counts { teams, alerts, employees, bookings };
        let skipped = skip.min(things.len());
        let mut lines = Vec::with_capacity(things.len() - skipped + 2);
        lines.push(Line::Begin);
        lines.extend(things.into_iter().skip(skipped));
        lines.push(Line::End);
        let lines = lines.into_iter();
        Self { roster, tenant, cursor, counts, skipped, lines }
    }

    fn write(&self, line: Line, chunk: &mut Vec<u8>) {
        let empty = TenantRoster::default();
        let tenant = self.roster.tenant(&self.tenant).unwrap_or(&empty);
        match line {
            Line::Begin => {
                let begin = SnapshotBegin {
                    cursor: self.cursor.clone(),
                    counts: self.counts,
                    skipped: self.skipped,
                };
                put("begin", &begin, chunk);
            }
            Line::Team(id) => put("team", &state::team(tenant, id), chunk),
            Line::Alert(id) => {
                put("alert", &tenant.guard().alert(id).map(state::alert), chunk);
            }
            Line::Employee(id) => put("employee", &state::employee(tenant, id), chunk),
            Line::Booking(id) => put("booking", &state::booking(tenant, id), chunk),
            Line::End => {
                let lines = self.counts.all();
                put("end", &SnapshotEnd { cursor: self.cursor.clone(), lines }, chunk);
            }
        }
    }
}

/// Some lines at a time; none behind the last.
impl Iterator for SnapshotText {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut chunk = Vec::new();
        while chunk.len() < CHUNK
            && let Some(line) = self.lines.next()
        {
            self.write(line, &mut chunk);
        }
        (!chunk.is_empty()).then_some(chunk)
    }
}

/// Writes a line: an object with one field.
fn put(name: &str, thing: &impl Serialize, chunk: &mut Vec<u8>) {
    chunk.extend_from_slice(format!("{{\"{name}\":").as_bytes());
    serde_json::to_writer(&mut *chunk, thing).expect("lines have text keys only");
    chunk.extend_from_slice(b"}\n");
}

#[cfg(test)]
mod tests {
    use events::{Profile, ResourceId, TenantId};
    use kit::projection::{acme, history};
    use roster::Intent;
    use serde_json::Value;
    use uuid::Uuid;

    use super::*;

    fn company(people: u128) -> Roster {
        let mut intents = vec![Intent::NewTenant { tenant: TenantId(Uuid::nil()) }];
        intents.push(Intent::NewTeam { team: TeamId(Uuid::from_u128(1)), name: "Own".into() });
        intents.extend((1..=people).map(|number| Intent::NewUser {
            resource: ResourceId(Uuid::from_u128(number)),
            profile: Profile {
                user_name: format!("p{number}@acme.example").parse().unwrap(),
                external_id: None,
                attributes:
                    [("displayName".to_owned(), Value::from("P. Person"))].into_iter().collect(),
            },
            active: true,
        }));
        history(&intents).1
    }

    fn text(roster: &Roster, skip: usize) -> Vec<Vec<u8>> {
        SnapshotText::of(roster.clone(), acme(), "here".to_owned(), skip).collect()
    }

    #[test]
    fn a_large_company_is_written_in_small_pieces_and_every_line_is_whole() {
        let roster = company(2_000);
        let chunks = text(&roster, 0);
        assert!(chunks.len() > 5, "{} chunks", chunks.len());
        assert!(chunks.iter().all(|chunk| chunk.len() < 2 * CHUNK && chunk.ends_with(b"}\n")));
        let whole = chunks.concat();
        let lines: Vec<Value> = whole
            .split_inclusive(|byte| *byte == b'\n')
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 2_003);
        assert_eq!(
            (&lines[0]["begin"]["teams"], &lines[0]["begin"]["employees"]),
            (&1.into(), &2_000.into())
        );
        assert_eq!(lines[1]["team"]["name"], "Own");
        assert_eq!(lines[2]["employee"]["userName"], "p1@acme.example");
        assert_eq!(lines[2_002]["end"]["lines"], 2_001);
    }

    #[test]
    fn what_is_skipped_is_what_came_first() {
        let roster = company(50);
        let lines = |skip| {
            let text = String::from_utf8(text(&roster, skip).concat()).unwrap();
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines[1..lines.len() - 1].to_vec()
        };
        for skip in [0, 1, 2, 50, 51, 1_000] {
            assert_eq!(lines(skip), lines(0)[skip.min(51)..]);
        }
    }
}
