//! A batch of changes into Postgres: one array statement for each kind of row.

use deadpool_postgres::Transaction;
use events::{Canceller, LeaverPolicy};
use projector::sql::{column, run};
use tokio_postgres::Error;

use crate::batch::Batch;
use crate::project::Change;
use crate::{BookingRow, Cancellation, Decided};

/// Writes `changes` into the schema that is first in the search path.
pub(crate) async fn write(tx: &Transaction<'_>, changes: Vec<Change>) -> Result<(), Error> {
    let batch = Batch::of(changes);
    back(tx, &batch).await?;
    leavers(tx, &batch).await?;
    holds(tx, &batch).await?;
    decisions(tx, &batch).await?;
    alert_people(tx, &batch).await?;
    deletions(tx, &batch).await?;
    bookings(tx, &batch).await?;
    cancellations(tx, &batch).await?;
    closings(tx, &batch).await?;
    booking_decisions(tx, &batch).await?;
    policies(tx, &batch).await?;
    erased(tx, &batch).await
}

async fn back(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.back.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |(tenant, _)| tenant.as_str());
    let employees = column(&rows, |(_, employee)| employee.0);
    run(tx, include_str!("../sql/write/leavers_back.sql"), &[&tenants, &employees]).await
}

async fn leavers(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.leavers.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |((tenant, _), _)| tenant.as_str());
    let employees = column(&rows, |((_, employee), _)| employee.0);
    let left_at = column(&rows, |(_, left)| left.at);
    let left_seq = column(&rows, |(_, left)| left.seq);
    let gone_seq = column(&rows, |(_, left)| left.gone.map(|gone| gone.seq));
    let sql = include_str!("../sql/write/leavers.sql");
    run(tx, sql, &[&tenants, &employees, &left_at, &left_seq, &gone_seq]).await
}

async fn holds(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.holds.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |((tenant, _), _)| tenant.as_str());
    let alerts = column(&rows, |((_, alert), _)| alert.0);
    let decisions = column(&rows, |(_, decision)| decision.map(|it| it.decision));
    let seqs = column(&rows, |(_, decision)| decision.map(|it| it.seq));
    let sql = include_str!("../sql/write/holds.sql");
    run(tx, sql, &[&tenants, &alerts, &decisions, &seqs]).await
}

async fn decisions(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.decisions.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |((tenant, _), _)| tenant.as_str());
    let alerts = column(&rows, |((_, alert), _)| alert.0);
    let decisions = column(&rows, |(_, decision)| decision.decision);
    let seqs = column(&rows, |(_, decision)| decision.seq);
    let sql = include_str!("../sql/write/decisions.sql");
    run(tx, sql, &[&tenants, &alerts, &decisions, &seqs]).await
}

async fn alert_people(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.alert_people.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |((tenant, ..), _)| tenant.as_str());
    let alerts = column(&rows, |((_, alert, _), _)| alert.0);
    let employees = column(&rows, |((.., employee), _)| employee.0);
    let seqs = column(&rows, |(_, seq)| **seq);
    let sql = include_str!("../sql/write/alert_people.sql");
    run(tx, sql, &[&tenants, &alerts, &employees, &seqs]).await
}

/// Comes after the alerts, which it looks at.
async fn deletions(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.deletions.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |(tenant, ..)| tenant.as_str());
    let employees = column(&rows, |(_, employee, _)| employee.0);
    let gone_at = column(&rows, |(.., gone)| gone.at);
    let gone_seq = column(&rows, |(.., gone)| gone.seq);
    let sql = include_str!("../sql/write/deletions.sql");
    run(tx, sql, &[&tenants, &employees, &gone_at, &gone_seq]).await
}

async fn bookings(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<&BookingRow> = batch.bookings.values().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let cancelled: Vec<Option<&Cancellation>> = column(&rows, |row| row.cancelled.as_ref());
    let decided: Vec<Option<&Decided>> = column(&rows, |row| row.decided.as_ref());
    run(
        tx,
        include_str!("../sql/write/bookings.sql"),
        &[
            &column(&rows, |row| row.tenant.as_str()),
            &column(&rows, |row| row.booking.0),
            &column(&rows, |row| row.source.as_str()),
            &column(&rows, |row| row.reference.as_str()),
            &column(&rows, |row| row.employee.0),
            &column(&rows, |row| row.booked_for.map(|it| it.0)),
            &column(&rows, |row| row.place.resource.as_str()),
            &column(&rows, |row| row.place.resource_type.as_str()),
            &column(&rows, |row| row.place.title.as_deref()),
            &column(&rows, |row| row.place.starts_at),
            &column(&rows, |row| row.place.ends_at),
            &column(&rows, |row| row.recorded_at),
            &column(&cancelled, |cancelled| cancelled.map(|it| it.at)),
            &column(&cancelled, |cancelled| cancelled.map(|it| canceller(it.by))),
            &column(&cancelled, |cancelled| cancelled.map(|it| it.actor.as_str())),
            &column(&cancelled, |cancelled| cancelled.and_then(|it| it.reason.as_deref())),
            &column(&rows, |row| row.closed.map(|it| it.at)),
            &column(&decided, |decided| decided.map(|it| it.decision.as_str())),
            &column(&decided, |decided| decided.map(|it| it.at)),
            &column(&decided, |decided| decided.and_then(|it| it.decision.due())),
            &column(&decided, |decided| decided.map(|it| it.actor.as_str())),
            &column(&decided, |decided| decided.and_then(|it| it.reason.as_deref())),
            &column(&decided, |decided| decided.map(|it| it.seq)),
            &column(&rows, |row| row.version.0),
            &column(&rows, |row| row.seq),
        ],
    )
    .await
}

async fn cancellations(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.cancellations.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    run(
        tx,
        include_str!("../sql/write/cancellations.sql"),
        &[
            &column(&rows, |((tenant, _), _)| tenant.as_str()),
            &column(&rows, |((_, booking), _)| booking.0),
            &column(&rows, |(_, it)| it.at),
            &column(&rows, |(_, it)| canceller(it.by)),
            &column(&rows, |(_, it)| it.actor.as_str()),
            &column(&rows, |(_, it)| it.reason.as_deref()),
            &column(&rows, |(_, it)| it.version.0),
            &column(&rows, |(_, it)| it.seq),
        ],
    )
    .await
}

/// Comes after the cancellations, to which these belong.
async fn closings(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.closings.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |((tenant, _), _)| tenant.as_str());
    let bookings = column(&rows, |((_, booking), _)| booking.0);
    let closed_at = column(&rows, |(_, closing)| closing.at);
    let versions = column(&rows, |(_, closing)| closing.version.0);
    let seqs = column(&rows, |(_, closing)| closing.seq);
    let sql = include_str!("../sql/write/closings.sql");
    run(tx, sql, &[&tenants, &bookings, &closed_at, &versions, &seqs]).await
}

async fn booking_decisions(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.booking_decisions.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let decided: Vec<Option<&Decided>> = column(&rows, |(_, (decided, ..))| decided.as_ref());
    run(
        tx,
        include_str!("../sql/write/booking_decisions.sql"),
        &[
            &column(&rows, |((tenant, _), _)| tenant.as_str()),
            &column(&rows, |((_, booking), _)| booking.0),
            &column(&decided, |decided| decided.map(|it| it.decision.as_str())),
            &column(&decided, |decided| decided.map(|it| it.at)),
            &column(&decided, |decided| decided.and_then(|it| it.decision.due())),
            &column(&decided, |decided| decided.map(|it| it.actor.as_str())),
            &column(&decided, |decided| decided.and_then(|it| it.reason.as_deref())),
            &column(&decided, |decided| decided.map(|it| it.seq)),
            &column(&rows, |(_, (_, version, _))| version.0),
            &column(&rows, |(_, (.., seq))| *seq),
        ],
    )
    .await
}

/// The row of a policy to keep says so too: who set it, and when.
async fn policies(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.policies.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let days = |policy| match policy {
        LeaverPolicy::CancelAfter { days } => Some(days.cast_signed()),
        LeaverPolicy::Keep | LeaverPolicy::HandOver { .. } => None,
    };
    let colleague = |policy| match policy {
        LeaverPolicy::HandOver { to } => Some(to.0),
        LeaverPolicy::Keep | LeaverPolicy::CancelAfter { .. } => None,
    };
    run(
        tx,
        include_str!("../sql/write/leaver_policies.sql"),
        &[
            &column(&rows, |((tenant, _), _)| tenant.as_str()),
            &column(&rows, |((_, kind), _)| kind.as_str()),
            &column(&rows, |(_, row)| days(row.policy)),
            &column(&rows, |(_, row)| colleague(row.policy)),
            &column(&rows, |(_, row)| row.at),
            &column(&rows, |(_, row)| row.actor.as_str()),
        ],
    )
    .await
}

/// Nothing is told of whoever was erased after that, so whatever the batch has of them goes too.
async fn erased(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    if batch.erased.is_empty() {
        return Ok(());
    }
    let people: Vec<_> = batch.erased.keys().collect();
    let tenants = column(&people, |(tenant, _)| tenant.as_str());
    let employees = column(&people, |(_, employee)| employee.0);
    run(tx, include_str!("../sql/write/leavers_back.sql"), &[&tenants, &employees]).await?;
    run(tx, include_str!("../sql/write/erased_alert_people.sql"), &[&tenants, &employees]).await?;
    let bookings: Vec<_> = batch
        .erased
        .iter()
        .flat_map(|(person, bookings)| bookings.iter().map(move |booking| (person, booking)))
        .collect();
    let tenants = column(&bookings, |((tenant, _), _)| tenant.as_str());
    let employees = column(&bookings, |((_, employee), _)| employee.0);
    let ids = column(&bookings, |(_, booking)| booking.0);
    run(tx, include_str!("../sql/write/erased_bookings.sql"), &[&tenants, &employees, &ids]).await
}

fn canceller(by: Canceller) -> &'static str {
    match by {
        Canceller::BookingSystem => "booking-system",
        Canceller::Administrator => "administrator",
    }
}
