//! Of which feed the positions are that are kept.

use deadpool_postgres::Pool;
use jiff::Timestamp;

use super::ProgressError;

/// Forgets what is kept if it is of another feed than the one whose stream was made then: one that was
/// lost and told anew from the log has other events at the same positions. Returns whether anything was
/// forgotten. Subscribers begin again where they began, and get the same events with the same ids.
pub(in crate::webhooks) async fn hold_to_feed(
    pool: &Pool,
    made: Timestamp,
) -> Result<bool, ProgressError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let made = made.to_string();
    let kept = tx.query_opt(include_str!("../../../sql/webhooks/of_feed.sql"), &[]).await?;
    let kept: Option<String> = kept.map(|row| row.try_get(0)).transpose()?;
    if kept.as_ref() == Some(&made) {
        return Ok(false);
    }
    let forgotten = match kept {
        Some(_) => tx.execute(include_str!("../../../sql/webhooks/forget_all.sql"), &[]).await?,
        None => 0,
    };
    tx.execute(include_str!("../../../sql/webhooks/set_feed.sql"), &[&made]).await?;
    tx.commit().await?;
    Ok(forgotten > 0)
}
