//! A batch of changes into Postgres: one array statement for each kind of row.

use deadpool_postgres::Transaction;
use events::{TeamId, Tenant};
use projector::sql::{column, run};
use tokio_postgres::Error;

use crate::batch::Batch;
use crate::change::{Change, Edit, Origin, TeamRow};
use projector::sql::{searched, sort_key};

/// Writes `changes` into the schema that is first in the search path.
pub(crate) async fn write(tx: &Transaction<'_>, changes: Vec<Change>) -> Result<(), Error> {
    let batch = Batch::of(changes);
    teams(tx, &batch).await?;
    members(tx, &batch).await?;
    resources(tx, &batch).await?;
    left(tx, &batch).await?;
    resets(tx, &batch).await?;
    edits(tx, &batch).await?;
    primaries(tx, &batch).await?;
    erased(tx, &batch).await
}

async fn teams(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    if !batch.ended.is_empty() {
        let ended: Vec<_> = batch.ended.iter().collect();
        let (tenants, teams) = keys(&ended);
        run(tx, include_str!("../sql/write/members_of_gone_teams.sql"), &[&tenants, &teams])
            .await?;
    }
    let gone: Vec<_> =
        batch.teams.iter().filter(|(_, row)| row.is_none()).map(|(key, _)| key).collect();
    if !gone.is_empty() {
        let (tenants, teams) = keys(&gone);
        run(tx, include_str!("../sql/write/gone_teams.sql"), &[&tenants, &teams]).await?;
    }
    let rows: Vec<&TeamRow> = batch.teams.values().flatten().collect();
    if rows.is_empty() {
        return Ok(());
    }
    run(
        tx,
        include_str!("../sql/write/teams.sql"),
        &[
            &column(&rows, |row| row.tenant.as_str()),
            &column(&rows, |row| row.team.0),
            &column(&rows, |row| row.name.as_str()),
            &column(&rows, |row| sort_key(&row.name)),
            &column(&rows, |row| searched(&row.name)),
            &column(&rows, |row| row.description.as_deref()),
            &column(&rows, |row| row.external_id.as_deref()),
            &column(&rows, |row| origin(row.origin)),
            &column(&rows, |row| row.seq),
        ],
    )
    .await
}

fn keys<'r>(rows: &[&'r (Tenant, TeamId)]) -> (Vec<&'r str>, Vec<uuid::Uuid>) {
    rows.iter().map(|(tenant, team)| (tenant.as_str(), team.0)).unzip()
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Synced => "synced",
        Origin::Local => "local",
    }
}

async fn members(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    if !batch.absent.is_empty() {
        let rows: Vec<_> = batch.absent.iter().collect();
        let tenants = column(&rows, |(tenant, _, _)| tenant.as_str());
        let teams = column(&rows, |(_, team, _)| team.0);
        let resources = column(&rows, |(_, _, resource)| resource.0);
        let sql = include_str!("../sql/write/absent_members.sql");
        run(tx, sql, &[&tenants, &teams, &resources]).await?;
    }
    if !batch.members.is_empty() {
        let rows: Vec<_> = batch.members.iter().collect();
        let tenants = column(&rows, |((tenant, _, _), _)| tenant.as_str());
        let teams = column(&rows, |((_, team, _), _)| team.0);
        let resources = column(&rows, |((_, _, resource), _)| resource.0);
        let since_seq = column(&rows, |(_, since)| since.seq);
        let since_at = column(&rows, |(_, since)| since.at);
        let sql = include_str!("../sql/write/members.sql");
        run(tx, sql, &[&tenants, &teams, &resources, &since_seq, &since_at]).await?;
    }
    Ok(())
}

async fn resources(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.resources.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |((tenant, _), _)| tenant.as_str());
    let resources = column(&rows, |((_, resource), _)| resource.0);
    let employees = column(&rows, |(_, (employee, _))| employee.0);
    let since = column(&rows, |(_, (_, seq))| *seq);
    let sql = include_str!("../sql/write/resources.sql");
    run(tx, sql, &[&tenants, &resources, &employees, &since]).await
}

async fn left(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.left.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |((tenant, _, _), _)| tenant.as_str());
    let teams = column(&rows, |((_, team, _), _)| team.0);
    let employees = column(&rows, |((_, _, employee), _)| employee.0);
    let at = column(&rows, |(_, seq)| **seq);
    let sql = include_str!("../sql/write/people_removed.sql");
    run(tx, sql, &[&tenants, &teams, &employees, &at]).await
}

async fn resets(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.reset.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenants = column(&rows, |(tenant, _)| tenant.as_str());
    let employees = column(&rows, |(_, employee)| employee.0);
    run(tx, include_str!("../sql/write/reset_edits.sql"), &[&tenants, &employees]).await?;
    run(tx, include_str!("../sql/write/reset_primaries.sql"), &[&tenants, &employees]).await
}

async fn edits(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.edits.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    run(
        tx,
        include_str!("../sql/write/local_edits.sql"),
        &[
            &column(&rows, |((tenant, _, _), _)| tenant.as_str()),
            &column(&rows, |((_, employee, _), _)| employee.0),
            &column(&rows, |((_, _, team), _)| team.0),
            &column(&rows, |(_, (edit, _))| edit_name(*edit)),
            &column(&rows, |(_, (_, by))| by.moment.seq),
            &column(&rows, |(_, (_, by))| by.moment.at),
            &column(&rows, |(_, (_, by))| by.actor.as_str()),
        ],
    )
    .await
}

async fn erased(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    if batch.erased.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = batch.erased_resources.iter().collect();
    let tenants = column(&rows, |((tenant, _), _)| tenant.as_str());
    let resources = column(&rows, |((_, resource), _)| resource.0);
    let at = column(&rows, |(_, seq)| **seq);
    run(tx, include_str!("../sql/write/erased_members.sql"), &[&tenants, &resources, &at]).await?;
    let rows: Vec<_> = batch.erased.iter().collect();
    let tenants = column(&rows, |(tenant, _)| tenant.as_str());
    let employees = column(&rows, |(_, employee)| employee.0);
    run(tx, include_str!("../sql/write/erased_resources.sql"), &[&tenants, &employees]).await
}

fn edit_name(edit: Edit) -> &'static str {
    match edit {
        Edit::Assigned => "assigned",
        Edit::Unassigned => "unassigned",
    }
}

async fn primaries(tx: &Transaction<'_>, batch: &Batch) -> Result<(), Error> {
    let rows: Vec<_> = batch.primaries.iter().collect();
    if rows.is_empty() {
        return Ok(());
    }
    run(
        tx,
        include_str!("../sql/write/chosen_primaries.sql"),
        &[
            &column(&rows, |((tenant, _), _)| tenant.as_str()),
            &column(&rows, |((_, employee), _)| employee.0),
            &column(&rows, |(_, (team, _))| team.0),
            &column(&rows, |(_, (_, by))| by.moment.seq),
            &column(&rows, |(_, (_, by))| by.moment.at),
            &column(&rows, |(_, (_, by))| by.actor.as_str()),
        ],
    )
    .await
}
