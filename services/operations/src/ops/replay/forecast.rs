//! What a replay takes, and whom it may touch.

use acts::{BlastRadius, Forecast, Jobs, Pace, Scope};
use projector::ReadModel;

use crate::job_progress::count;
use crate::operations::Operations;
use crate::ops::OpsError;
use crate::person::source::Source;

/// What a projection from nothing made on two cores that it shared with both servers: the least of
/// what `tests/bench/README.md` has.
const DEFAULT_PACE: f64 = 26_000.0;

pub(super) async fn forecast(
    ops: &Operations,
    jobs: &Jobs,
    model: ReadModel,
    scope: &Scope,
) -> Result<Forecast, OpsError> {
    let of = ops.log().extent().await?.map_or(0, |extent| extent.messages);
    let events = match scope.tenant() {
        Some(tenant) => ops.log().count_of(tenant).await?,
        None => of,
    };
    let pace = pace(jobs, model.name);
    // Whatever the scope, the chain of the whole log is checked on the way.
    let seconds = count(of) / pace.events_per_second();
    let client = ops.database().pool().get().await?;
    let row = client.query_one(include_str!("../../../sql/slot_bytes.sql"), &[&model.name]).await?;
    let live = u64::try_from(row.try_get::<_, i64>("bytes")?).unwrap_or_default();
    // By its part of the events. Integers: bytes times events do not fit.
    let bytes = u128::from(live) * u128::from(events) / u128::from(of.max(1));
    let bytes = u64::try_from(bytes).unwrap_or(live);
    let of_person = match scope {
        Scope::Whole | Scope::Tenant { .. } => None,
        Scope::Person { tenant, person } => {
            let source = Source::open(ops.log(), ops.database(), Some(tenant)).await?;
            let gathered = source.gather(tenant, *person).await?;
            u64::try_from(gathered.events.len()).ok()
        }
    };
    Ok(Forecast { events, of_person, of, seconds, bytes, pace })
}

/// The rate of the last run, or what is known of all.
fn pace(jobs: &Jobs, projection: &str) -> Pace {
    let last = jobs.last_built(projection).and_then(|job| {
        let built = job.built.as_ref()?;
        // A run of a few events tells nothing about a rate.
        let tells = built.seconds >= 1.0 && built.events >= 1000;
        tells.then(|| (job.id.to_string(), count(built.events) / built.seconds))
    });
    match last {
        Some((job, events_per_second)) => Pace::LastRun { job, events_per_second },
        None => Pace::Default { events_per_second: DEFAULT_PACE },
    }
}

pub(super) async fn blast_radius(ops: &Operations, scope: &Scope) -> Result<BlastRadius, OpsError> {
    let mut client = ops.database().pool().get().await?;
    let tx = client.transaction().await?;
    projector::search_in(&tx, &["directory", "teams"]).await?;
    let tenant = scope.tenant().map(events::Tenant::as_str);
    let person = match scope {
        Scope::Person { person, .. } => Some(person.0),
        Scope::Whole | Scope::Tenant { .. } => None,
    };
    let question = include_str!("../../../sql/blast_radius.sql");
    let row = tx.query_one(question, &[&tenant, &person]).await?;
    let number = |name: &str| -> Result<u64, tokio_postgres::Error> {
        Ok(u64::try_from(row.try_get::<_, i64>(name)?).unwrap_or_default())
    };
    let radius = BlastRadius {
        tenants: number("tenants")?,
        people: number("people")?,
        teams: number("teams")?,
    };
    tx.rollback().await?;
    Ok(radius)
}
