//! `/ops/v1/journal`: what operators did.

use acts::{Act, Acted, Role};
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use web::Problem;

use super::{Answer, Answered, Caller, OpsError};
use crate::operations::Operations;
use crate::ops::extract::Query;

/// How many acts one answer has at most.
const MAX_ACTS: usize = 1000;

/// What operators did, the oldest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Journal {
    acts: Vec<JournalEntry>,
    /// The position behind which to go on, if there is more: `after`.
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
    /// Who: `root`, `operator:` and a name, or `program`.
    by: String,
    /// What: `replay.planned`, `request.received`.
    act: String,
    /// What is told of it: the plan, the job, the reason, the result.
    of: Value,
}

impl JournalEntry {
    fn of(acted: &Acted) -> Self {
        let mut of = acted.act.of();
        // A digest is no secret, and of no use to a reader.
        if matches!(acted.act, Act::OperatorAdded(_))
            && let Some(of) = of.as_object_mut()
        {
            of.remove("token");
        }
        Self {
            seq: acted.seq,
            at: acted.at,
            by: acted.by.to_string(),
            act: acted.act.name().to_owned(),
            of,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// The acts behind this position.
    #[serde(default)]
    after: u64,
    /// The acts since this time.
    since: Option<String>,
}

pub(crate) async fn list(
    State(ops): State<Operations>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Answered<Journal>, OpsError> {
    caller.may(Role::OpsRead)?;
    let since = asked.since.as_deref().map(events::parse_timestamp).transpose();
    let since = since.map_err(|error| Problem::malformed(format!("since: {error}")))?;
    let acts = ops.acts().read_after(asked.after).await?;
    let mut acts = acts.iter().filter(|acted| since.is_none_or(|since| acted.at >= since));
    let page: Vec<_> = acts.by_ref().take(MAX_ACTS).map(JournalEntry::of).collect();
    let next = acts.next().and(page.last()).map(|last| last.seq);
    Ok(Answered(Journal { acts: page, next }))
}
