//! What a message of the feed says of a departure. Pure.

use eventlog::Entry;
use events::{EmployeeId, Tenant};
use feed::{Fact, Source, header};
use jiff::Timestamp;

/// What a message says that concerns receipts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) tenant: Tenant,
    pub(super) employee: EmployeeId,
    pub(super) position: u64,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Somebody left: when, and up to where the log led to it.
    Left { at: Timestamp, log: u64 },
    /// Somebody is back.
    Returned,
    /// Somebody was erased.
    Erased,
}

/// What a message says, if it concerns receipts.
pub(super) fn said(entry: &Entry) -> Option<Said> {
    said_by(entry.subject(), entry.seq.0, |name| entry.header(name))
}

fn said_by<'h>(
    subject: &str,
    position: u64,
    header_of: impl Fn(&'static str) -> Option<&'h str>,
) -> Option<Said> {
    let mut tokens = subject.rsplit('.');
    let (fact, employee) = (tokens.next()?, tokens.next()?);
    let (entity, tenant) = (tokens.next()?, tokens.next()?);
    let is = |wanted: Fact| entity == wanted.entity().as_str() && fact == wanted.token();
    let what = if is(Fact::EmployeeLeft) {
        let source: Source = header_of(header::LOG)?.parse().ok()?;
        let at = header_of(header::TIME)?.parse().ok()?;
        What::Left { at, log: source.position.seq.0 }
    } else if is(Fact::EmployeeReturned) {
        What::Returned
    } else if is(Fact::EmployeeErased) {
        What::Erased
    } else {
        return None;
    };
    let (tenant, employee) = (tenant.parse().ok()?, EmployeeId(employee.parse().ok()?));
    Some(Said { tenant, employee, position, what })
}

#[cfg(test)]
mod tests {
    use events::{Position, Seq};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_departure_a_return_and_an_erasure_concern_receipts_and_nothing_else_does() {
        let position = Position { seq: Seq(41), ..Position::START };
        let source = Source { position, told: 1, of: 1 }.to_string();
        let at = "2026-03-01T08:00:00Z";
        let headers = |name: &'static str| match name {
            header::LOG => Some(source.as_str()),
            header::TIME => Some(at),
            _ => None,
        };
        let what = |entity: &str, fact: &str| {
            let subject = format!("feed.acme.{entity}.{}.{fact}", Uuid::from_u128(7));
            said_by(&subject, 9, headers).map(|said| said.what)
        };
        let left = What::Left { at: at.parse().unwrap(), log: 41 };
        assert_eq!(what("employee", "left"), Some(left));
        assert_eq!(what("employee", "returned"), Some(What::Returned));
        assert_eq!(what("employee", "erased"), Some(What::Erased));
        for (entity, fact) in [("employee", "changed"), ("team", "left"), ("booking", "erased")] {
            assert_eq!(what(entity, fact), None);
        }
    }
}
