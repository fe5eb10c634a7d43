//! A batch of changes into Postgres: one array statement for each kind of row.

use deadpool_postgres::Transaction;
use events::{BookingSource, Standing, Tenant};
use projector::sql::{column, run};
use tokio_postgres::Error;

use crate::batch::Batch;
use crate::change::{AlertRow, Change, CredentialRow, DecisionRow, EmployeeRow};
use projector::sql::{searched, sort_key};

/// Writes `changes` into the schema that is first in the search path.
pub(crate) async fn write(tx: &Transaction<'_>, changes: Vec<Change>) -> Result<(), Error> {
    let batch = Batch::of(changes);
    comebacks(tx, &batch).await?;
    employees(tx, &batch).await?;
    tenants(tx, &batch).await?;
    integrations(tx, &batch).await?;
    deactivations(tx, &batch).await?;
    credentials(tx, &batch).await?;
    revocations(tx, &batch).await?;
    alerts(tx, &batch).await?;
    decisions(tx, &batch).await?;
    alert_people(tx, &batch).await?;
    deletions(tx, &batch).await?;
    erased(tx, &batch).await
}

/// Comes last: nothing is told of whoever was erased after that, so whatever the batch has of them
/// goes too.
async fn erased(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.erased.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |(tenant, _)| tenant.as_str());
    let employees = column(&rows, |(_, employee)| employee.0);
    run(tx, include_str!("../sql/write/erased_employees.sql"), &[&tenants, &employees]).await?;
    run(tx, include_str!("../sql/write/erased_alert_people.sql"), &[&tenants, &employees]).await
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

async fn comebacks(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.comebacks.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |(tenant, _)| tenant.as_str());
    let employees = column(&rows, |(_, employee)| employee.0);
    run(tx, include_str!("../sql/write/employees_back.sql"), &[&tenants, &employees]).await
}

async fn employees(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<&EmployeeRow> = batch.employees.values().map(Box::as_ref).collect();
    if rows.is_empty() {
        return Ok(());
    }
    run(
        tx,
        include_str!("../sql/write/employees.sql"),
        &[
            &column(&rows, |row| row.tenant.as_str()),
            &column(&rows, |row| row.employee.0),
            &column(&rows, |row| row.resource.0),
            &column(&rows, |row| row.resource_gone),
            &column(&rows, |row| row.user_name.as_str()),
            &column(&rows, |row| row.user_name.to_lowercase()),
            &column(&rows, |row| row.address_given),
            &column(&rows, |row| row.external_id.as_deref()),
            &column(&rows, |row| row.display_name.as_str()),
            &column(&rows, |row| sort_key(&row.display_name)),
            &column(&rows, |row| search_text(row)),
            &column(&rows, |row| standing(row.standing)),
            &column(&rows, |row| row.profile.as_str()),
            &column(&rows, |row| row.joined_at),
            &column(&rows, |row| row.left.map(|left| left.at)),
            &column(&rows, |row| row.left.map(|left| left.seq)),
            &column(&rows, |row| row.gone.map(|gone| gone.seq)),
            &column(&rows, |row| row.changed_at),
            &column(&rows, |row| row.seq),
        ],
    )
    .await
}

/// All that a search looks at, a line each.
fn search_text(row: &EmployeeRow) -> String {
    let external_id = row.external_id.as_deref().unwrap_or_default();
    [&row.display_name, &row.user_name, external_id].map(searched).join("\n")
}

pub(crate) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Active => "active",
        Standing::Former => "former",
    }
}

async fn tenants(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.tenants.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let slugs = column(&rows, |(tenant, _)| tenant.as_str());
    let ids = column(&rows, |(_, (id, _))| id.0);
    let created = column(&rows, |(_, (_, created_at))| *created_at);
    run(tx, include_str!("../sql/write/tenants.sql"), &[&slugs, &ids, &created]).await
}

async fn integrations(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.integrations.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |(tenant, _)| tenant.as_str());
    let ids = column(&rows, |(_, row)| row.integration.0);
    let profiles = column(&rows, |(_, row)| row.profile.as_str());
    let active = column(&rows, |(_, row)| row.active);
    let sql = include_str!("../sql/write/integrations.sql");
    run(tx, sql, &[&tenants, &ids, &profiles, &active]).await
}

async fn deactivations(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    // What was activated later in the batch is active: its row says so already.
    let stands = |(tenant, _): &&(Tenant, _)| !batch.integrations.contains_key(tenant);
    let rows: Vec<_> = batch.deactivations.iter().filter(stands).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |(tenant, _)| tenant.as_str());
    let ids = column(&rows, |(_, integration)| integration.0);
    run(tx, include_str!("../sql/write/deactivations.sql"), &[&tenants, &ids]).await
}

async fn credentials(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<&CredentialRow> = batch.credentials.values().collect();
    if rows.is_empty() {
        return Ok(());
    }
    run(
        tx,
        include_str!("../sql/write/credentials.sql"),
        &[
            &column(&rows, |row| row.tenant.as_str()),
            &column(&rows, |row| row.credential.0),
            &column(&rows, |row| row.purpose),
            &column(&rows, |row| column(&Vec::from_iter(&row.scopes), |s| s.as_str()).join(" ")),
            &column(&rows, |row| row.source.as_ref().map(BookingSource::as_str)),
            &column(&rows, |row| row.secret_digest.0.as_slice()),
            &column(&rows, |row| row.label.as_deref()),
            &column(&rows, |row| row.issued_at),
            &column(&rows, |row| row.revoked_at),
        ],
    )
    .await
}

async fn revocations(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let stands = |(key, _): &(&_, _)| !batch.credentials.contains_key(key);
    let rows: Vec<_> = batch.revocations.iter().filter(stands).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |((tenant, _), _)| tenant.as_str());
    let ids = column(&rows, |((_, credential), _)| credential.0);
    let at = column(&rows, |(_, at)| **at);
    run(tx, include_str!("../sql/write/revocations.sql"), &[&tenants, &ids, &at]).await
}

async fn alerts(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<&AlertRow> = batch.alerts.values().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let decisions: Vec<Option<&DecisionRow>> = column(&rows, |row| row.decision.as_ref());
    run(
        tx,
        include_str!("../sql/write/alerts.sql"),
        &[
            &column(&rows, |row| row.tenant.as_str()),
            &column(&rows, |row| row.alert.0),
            &column(&rows, |row| row.raised.as_str()),
            &column(&rows, |row| row.raised_at.at),
            &column(&rows, |row| row.held),
            &column(&decisions, |decision| decision.map(|it| it.decision)),
            &column(&decisions, |decision| decision.map(|it| it.at.at)),
            &column(&decisions, |decision| decision.map(|it| it.at.seq)),
            &column(&decisions, |decision| decision.map(|it| it.by.as_str())),
            &column(&decisions, |decision| decision.and_then(|it| it.reason.as_deref())),
            &column(&rows, |row| row.raised_at.seq),
        ],
    )
    .await
}

async fn decisions(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.decisions.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    run(
        tx,
        include_str!("../sql/write/decisions.sql"),
        &[
            &column(&rows, |((tenant, _), _)| tenant.as_str()),
            &column(&rows, |((_, alert), _)| alert.0),
            &column(&rows, |(_, it)| it.decision),
            &column(&rows, |(_, it)| it.at.at),
            &column(&rows, |(_, it)| it.at.seq),
            &column(&rows, |(_, it)| it.by.as_str()),
            &column(&rows, |(_, it)| it.reason.as_deref()),
        ],
    )
    .await
}

async fn alert_people(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.alert_people.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |((tenant, ..), _)| tenant.as_str());
    let alerts = column(&rows, |((_, alert, _), _)| alert.0);
    let employees = column(&rows, |((.., employee), _)| employee.0);
    let added_at = column(&rows, |(_, added)| added.at);
    let seqs = column(&rows, |(_, added)| added.seq);
    let sql = include_str!("../sql/write/alert_people.sql");
    run(tx, sql, &[&tenants, &alerts, &employees, &added_at, &seqs]).await
}
