//! `rollcall requests`: what clients asked of SCIM, and how they were answered.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use uuid::Uuid;

use super::cli_target::GatewayTarget;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum RequestsVerb {
    /// List a tenant's requests, the newest first
    List(Listed),
    /// Show one of them, by its number
    Show(Named),
    /// Tell of requests as they come
    Tail(Tailed),
}

/// Which requests.
#[derive(Debug, Args)]
struct Which {
    /// The tenant's slug
    #[arg(long)]
    tenant: String,
    /// Only those that were not done
    #[arg(long)]
    errors: bool,
    /// Only those with this method
    #[arg(long)]
    method: Option<String>,
    /// Only those about this person
    #[arg(long, value_name = "EMPLOYEE ID")]
    employee: Option<Uuid>,
}

impl Which {
    fn query(&self) -> Vec<(&'static str, String)> {
        let Self { tenant, errors, method, employee } = self;
        let given = [
            ("tenant", Some(tenant.clone())),
            ("errors", errors.then(|| "true".to_owned())),
            ("method", method.clone()),
            ("employee", employee.map(|employee| employee.to_string())),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

#[derive(Debug, Args)]
pub(crate) struct Listed {
    #[command(flatten)]
    which: Which,
    /// Only those before this number
    #[arg(long, value_name = "NUMBER")]
    before: Option<u64>,
    /// So many at most
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// Its number, as the list shows it
    number: u64,
    /// The tenant's slug
    #[arg(long)]
    tenant: String,
    /// Show what it said, as far as that is kept: the look goes into the journal
    #[arg(long)]
    reveal: bool,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Tailed {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    target: GatewayTarget,
}

/// How long the server waits for the next request before it answers that there is none.
const WAIT: &str = "20";

pub(crate) async fn run(verb: RequestsVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        RequestsVerb::List(Listed { which, before, limit, target }) => {
            let before = before.map(|before| ("before", before.to_string()));
            let mut query = which.query();
            query.extend(before.into_iter().chain([("limit", limit.to_string())]));
            let listed = target.ops()?.get(&["requests"], &query).await?;
            output::answer(target.json, &listed, || list(&listed));
        }
        RequestsVerb::Show(Named { number, tenant, reveal, target }) => {
            let (ops, number) = (target.ops()?, number.to_string());
            let shown = if reveal {
                ops.post(&["requests", &number, "reveal"], json!({ "tenant": tenant })).await?
            } else {
                ops.get(&["requests", &number], &[("tenant", tenant)]).await?
            };
            output::answer(target.json, &shown, || show(&shown, reveal));
        }
        RequestsVerb::Tail(Tailed { which, target }) => tail(&which, &target).await?,
    }
    Ok(ExitStatus::Success)
}

/// Until whoever listens goes away.
async fn tail(which: &Which, target: &GatewayTarget) -> anyhow::Result<()> {
    let ops = target.ops()?;
    let query = |more: Vec<(&'static str, String)>| [which.query(), more].concat();
    let newest = ops.get(&["requests"], &query(vec![("limit", "1".to_owned())])).await?;
    let mut through = output::text(&newest["through"]);
    loop {
        let asked = query(vec![("after", through.clone()), ("wait", WAIT.to_owned())]);
        let listed = ops.get(&["requests"], &asked).await?;
        for request in output::list(&listed["requests"]) {
            if target.json {
                output::json(request);
            } else {
                output::line(row(request).join("  "));
            }
        }
        through = output::text(&listed["through"]);
    }
}

fn list(listed: &Value) {
    let rows: Vec<_> = output::list(&listed["requests"]).map(row).collect();
    if rows.is_empty() {
        let off = listed["recording"] == false;
        output::line(if off { "requests are not recorded" } else { "no such request" });
        return;
    }
    output::table(&["NUMBER", "AT", "REQUEST", "STATUS", "MS", "RESULT"], &rows);
    if listed["more"] == true {
        output::note("there are more: --before the last number");
    }
}

fn row(request: &Value) -> Vec<String> {
    let asked = format!("{} {}", output::text(&request["method"]), output::text(&request["route"]));
    vec![
        output::text(&request["number"]),
        output::when(&request["at"]),
        asked,
        output::text(&request["status"]),
        output::text(&request["milliseconds"]),
        output::text(&request["result"]),
    ]
}

fn show(request: &Value, revealed: bool) {
    let told = |name: &str, value: String| output::line(format_args!("{name:<10} {value}"));
    let of = |name: &str| output::text(&request[name]);
    told("request", of("request"));
    told("at", output::when(&request["at"]));
    told("asked", format!("{} {} {}", of("method"), of("route"), of("filter")));
    told("result", of("result"));
    told("status", format!("{} {}", of("status"), of("scim_type")));
    told("took", format!("{} ms", of("milliseconds")));
    told("credential", of("credential"));
    told("employee", of("employee_id"));
    told("events", of("events"));
    if revealed {
        told("said", of("contents"));
    } else if request["has_contents"] == true {
        output::note("what it said is kept, sealed: --reveal shows it");
    }
}
