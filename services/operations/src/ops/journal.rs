//! `/ops/v1/journal`: what operators did.

mod about;
mod unknown;

use acts::{Act, Acted, By, OperatorName, Role};
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use web::Problem;

use self::about::{About, Reader};
use super::{Answer, Answered, Caller, Confined, OpsError};
use crate::caller::tenant;
use crate::operations::Operations;
use crate::ops::extract::Query;

/// How many acts one answer has at most.
const MAX_ACTS: usize = 1000;

/// What operators did, the oldest first, if it is not asked for otherwise.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Journal {
    acts: Vec<JournalEntry>,
    /// The position from which to go on, if there is more: `after`, or `before` with the newest first.
    next: Option<u64>,
}

impl Answer for Journal {
    const SCHEMA: &'static str = "rollcall.operations-log.v1";
}

/// One act.
#[derive(Debug, Serialize, JsonSchema)]
struct JournalEntry {
    /// Its position in the journal.
    seq: u64,
    at: Timestamp,
    /// Who: `root`, `operator:` and a name, `administrator:` with the tenant and an id, or `program`.
    by: String,
    /// What: `replay.planned`, `request.received`.
    act: String,
    /// The tenant that it was about, if it was about one, also where it names only a job or a request.
    tenant: Option<String>,
    /// The read model that it was about, likewise.
    projection: Option<String>,
    /// What is told of it: the plan, the job, the reason, the result.
    of: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Asked {
    /// The acts behind this position.
    after: u64,
    /// The acts before this position.
    before: Option<u64>,
    /// The newest first.
    newest: bool,
    /// So many at most.
    limit: Option<usize>,
    /// Not before this time.
    since: Option<String>,
    /// Not after this time.
    until: Option<String>,
    /// Whose: `root`, `program`, `administrator:TENANT:ID`, or the name of an operator, with or without `operator:`.
    by: Option<String>,
    /// Acts of this name, or of this area.
    act: Option<String>,
    tenant: Option<String>,
    projection: Option<String>,
}

/// The same, understood.
struct Filter {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    by: Option<By>,
    asked: Asked,
}

impl Filter {
    fn of(asked: Asked) -> Result<Self, Problem> {
        let time = |name: &str, text: &Option<String>| {
            let time = text.as_deref().map(events::parse_timestamp).transpose();
            time.map_err(|error| Problem::malformed(format!("{name}: {error}")))
        };
        let by = asked.by.as_deref().map(whose).transpose()?;
        let (since, until) = (time("since", &asked.since)?, time("until", &asked.until)?);
        Ok(Self { since, until, by, asked })
    }

    fn takes(&self, entry: &JournalEntry, by: &By) -> bool {
        let Asked { after, before, act, tenant, projection, .. } = &self.asked;
        let same =
            |wanted: &Option<String>, told: &Option<String>| wanted.is_none() || wanted == told;
        let in_area = |area: &String| {
            entry
                .act
                .strip_prefix(area.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        entry.seq > *after
            && before.is_none_or(|before| entry.seq < before)
            && self.since.is_none_or(|since| entry.at >= since)
            && self.until.is_none_or(|until| entry.at <= until)
            && self.by.as_ref().is_none_or(|wanted| wanted == by)
            && act.as_ref().is_none_or(in_area)
            && same(tenant, &entry.tenant)
            && same(projection, &entry.projection)
    }
}

/// Who is meant by a name.
fn whose(name: &str) -> Result<By, Problem> {
    let by = By::try_from(name.to_owned());
    let by = by.or_else(|_| name.parse::<OperatorName>().map(By::Operator));
    by.map_err(|error| {
        Problem::malformed(format!("by: {error}; these two are asked for by their names as well"))
    })
}

pub(crate) async fn list(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Query(mut asked): Query<Asked>,
) -> Result<Answered<Journal>, OpsError> {
    caller.may(Role::OpsRead)?;
    let named =
        asked.tenant.as_deref().filter(|_| caller.own().is_some()).map(tenant).transpose()?;
    if let Some(own) = caller.about(named)? {
        asked.tenant = Some(own.to_string());
    }
    let most = asked.limit.unwrap_or(MAX_ACTS);
    if !(1..=MAX_ACTS).contains(&most) {
        return Err(
            Problem::malformed(format!("limit: {most} is not between 1 and {MAX_ACTS}")).into()
        );
    }
    let filter = Filter::of(asked)?;
    unknown::refuse_act(filter.asked.act.as_deref())?;
    unknown::refuse_projection(filter.asked.projection.as_deref(), ops.projections())?;
    // All of them: what an act is about may be told by one before it.
    let acts = ops.acts().read_after(0).await?;
    let state = ops.acts().current().await?;
    let mut reader = Reader::new(&state);
    let (mut whose_acts, mut whose_tenants) = (false, false);
    let entries = acts.iter().filter_map(|acted| {
        let entry = JournalEntry::of(acted, &mut reader);
        whose_acts |= filter.by.as_ref() == Some(&acted.by);
        whose_tenants |= entry.tenant == filter.asked.tenant;
        filter.takes(&entry, &acted.by).then_some(entry)
    });
    let mut page: Vec<JournalEntry> = entries.collect();
    if filter.asked.newest {
        page.reverse();
    }
    let more = page.len() > most;
    page.truncate(most);
    let next = page.last().filter(|_| more).map(|last| last.seq);
    // An empty answer would pass for "nothing was done".
    if page.is_empty() && caller.own().is_none() {
        if let Some(by) = filter.by.as_ref().filter(|_| !whose_acts) {
            unknown::refuse_operator(by, &state.operators)?;
        }
        if let Some(tenant) = filter.asked.tenant.as_deref().filter(|_| !whose_tenants) {
            unknown::refuse_tenant(ops.log(), tenant).await?;
        }
    }
    Ok(Answered(Journal { acts: page, next }))
}

impl JournalEntry {
    fn of(acted: &Acted, reader: &mut Reader<'_>) -> Self {
        let mut of = acted.act.of();
        // A digest is no secret, and of no use to a reader.
        if matches!(acted.act, Act::OperatorAdded(_))
            && let Some(of) = of.as_object_mut()
        {
            of.remove("token");
        }
        let About { tenant, projection } = reader.about(acted, &of);
        Self {
            seq: acted.seq,
            at: acted.at,
            by: acted.by.to_string(),
            act: acted.act.name().to_owned(),
            tenant,
            projection,
            of,
        }
    }
}
