//! `rollcall parked`: events that cannot be applied, and what waits behind them.

use clap::{ArgGroup, Args, Subcommand};
use projector::ReadModel;
use serde_json::{Value, json};

use super::cli_target::GatewayTarget;
use crate::exit::ExitStatus;
use crate::{output, projections};

#[derive(Debug, Subcommand)]
pub(crate) enum ParkedVerb {
    /// List the events that cannot be applied. Exit code 3 if there are any
    ///
    /// Each holds up one person, group or booking: what happens to them later waits behind it, in
    /// order, and everything else goes on.
    List(Listed),
    /// Show one of them: what it is, why it failed, what waits behind it, and what to do
    Show(Named),
    /// Try events again, and apply what waits behind them
    Retry(Retry),
    /// Pass an event over, for good, and apply what waits behind it
    ///
    /// Every read model that is built from the log passes it over from then on.
    Skip(Skip),
    /// Print them as JSON for whoever is to mend the program: ids by pseudonyms, no texts
    Export(Listed),
}

/// Which events.
#[derive(Debug, Args)]
struct Which {
    /// Of this projection
    #[arg(long, value_name = "NAME", value_parser = projections::parser())]
    projection: Option<ReadModel>,
    /// Of this tenant
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
    /// That failed for this cause, as the list shows it
    #[arg(long, value_name = "CAUSE")]
    cause: Option<String>,
}

impl Which {
    fn query(self) -> Vec<(&'static str, String)> {
        let Self { projection, tenant, cause } = self;
        let projection = projection.map(|projection| projection.name.to_owned());
        let given = [("projection", projection), ("tenant", tenant), ("cause", cause)];
        given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

#[derive(Debug, Args)]
pub(crate) struct Listed {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// What it is called, as the list shows it: `teams:4182330`
    id: String,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("some").required(true).multiple(true).args(["id", "all", "projection", "tenant", "cause"])))]
pub(crate) struct Retry {
    /// What it is called, as the list shows it: `teams:4182330`
    #[arg(conflicts_with_all = ["all", "projection", "tenant", "cause", "limit"])]
    id: Option<String>,
    /// All of them, or all of those that the other options name
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    which: Which,
    /// So many at most
    #[arg(long, value_name = "COUNT")]
    limit: Option<usize>,
    /// Only say which
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    target: GatewayTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Skip {
    /// What it is called, as the list shows it: `teams:4182330`
    id: String,
    /// Why nobody needs it. It is kept in the journal for ever: name nobody
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    target: GatewayTarget,
}

pub(crate) async fn run(verb: ParkedVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        ParkedVerb::List(Listed { which, target }) => {
            let listed = target.ops()?.get(&["parked"], &which.query()).await?;
            output::answer(target.json, &listed, || list(&listed));
            let none = output::list(&listed["parked"]).next().is_none();
            Ok(if none { ExitStatus::Success } else { ExitStatus::NeedsAttention })
        }
        ParkedVerb::Show(Named { id, target }) => {
            let shown = target.ops()?.get(&["parked", &id], &[]).await?;
            output::answer(target.json, &shown, || show(&shown));
            Ok(ExitStatus::Success)
        }
        ParkedVerb::Retry(Retry { id, all: _, which, limit, dry_run, target }) => {
            let Which { projection, tenant, cause } = which;
            let projection = projection.map(|projection| projection.name);
            let wanted = json!({ "id": id, "projection": projection, "tenant": tenant,
                                 "cause": cause, "limit": limit, "dry_run": dry_run });
            let retried = target.ops()?.post(&["parked", "retry"], wanted).await?;
            output::answer(target.json, &retried, || {
                for event in output::list(&retried["events"]) {
                    output::line(output::text(event));
                }
                output::note(format_args!(
                    "{} {}, and then what waits behind: {}",
                    output::list(&retried["events"]).count(),
                    if dry_run { "would be tried again" } else { "are tried again" },
                    output::text(&retried["behind"]),
                ));
            });
            Ok(ExitStatus::Success)
        }
        ParkedVerb::Skip(Skip { id, reason, target }) => {
            let skipped =
                target.ops()?.post(&["parked", &id, "skip"], json!({ "reason": reason })).await?;
            output::answer(target.json, &skipped, || {
                output::line(format_args!(
                    "{} passes over event {} from now on, in every slot; {} behind it are applied",
                    output::text(&skipped["projection"]),
                    output::text(&skipped["position"]),
                    output::text(&skipped["behind"]),
                ));
            });
            Ok(ExitStatus::Success)
        }
        ParkedVerb::Export(Listed { which, target }) => {
            output::json(&target.ops()?.get(&["parked", "export"], &which.query()).await?);
            Ok(ExitStatus::Success)
        }
    }
}

fn list(listed: &Value) {
    let rows: Vec<_> = output::list(&listed["parked"]).map(row).collect();
    if rows.is_empty() {
        output::line("nothing is parked");
        return;
    }
    output::table(&["ID", "TENANT", "KEY", "SINCE", "TRIES", "NEXT", "BEHIND", "CAUSE"], &rows);
    if listed["more"] == true {
        output::note("there are more");
    }
}

fn row(event: &Value) -> Vec<String> {
    vec![
        output::text(&event["id"]),
        output::text(&event["tenant"]),
        output::text(&event["key"]),
        output::when(&event["failed_at"]),
        output::text(&event["tries"]),
        next(event),
        output::text(&event["behind"]),
        output::text(&event["cause"]),
    ]
}

fn next(event: &Value) -> String {
    if event["next_at"].is_null() { "operator".to_owned() } else { output::when(&event["next_at"]) }
}

fn show(event: &Value) {
    let told = |name: &str, value: String| output::line(format_args!("{name:<9} {value}"));
    let of = |name: &str| output::text(&event[name]);
    told("event", format!("{} at {}, of tenant {}", of("event"), of("position"), of("tenant")));
    told("happened", output::when(&event["happened_at"]));
    told("by", format!("{} {}", of("actor"), of("request")));
    told("cause", of("cause"));
    told("", of("message"));
    let since = output::when(&event["failed_at"]);
    told("tries", format!("{}, first {since}, next {}", of("tries"), next(event)));
    let keys: Vec<_> = output::list(&event["keys"]).map(output::text).collect();
    told("holds up", keys.join(", "));
    told("alike", format!("{} parked for the same cause", of("alike")));
    told("body", of("body"));
    told("behind", of("behind"));
    for waiting in output::list(&event["waiting"]) {
        let (position, kind) =
            (output::text(&waiting["position"]), output::text(&waiting["event"]));
        output::line(format_args!(
            "          {position} {kind} {}",
            output::when(&waiting["happened_at"])
        ));
    }
    output::line("\nWhat to do:");
    for advice in output::list(&event["advice"]) {
        output::line(format_args!("- {}", output::text(advice)));
    }
}
