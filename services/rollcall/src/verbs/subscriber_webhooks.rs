//! `rollcall subscribers`, and what `rollcall subscriber` tells of webhooks: how they stand, and what was
//! given up.

use clap::{ArgGroup, Args};
use serde_json::{Value, json};

use super::integration::TenantTarget;
use super::operator::text;
use super::subscriber_drained::{Drained, drained};
use super::subscriber_shown::Named;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("which").required(true).args(["positions", "all"])))]
pub(crate) struct Resend {
    /// The positions of dead letters, with commas between or said several times
    #[arg(long = "position", value_name = "POSITION", value_delimiter = ',')]
    positions: Vec<u64>,
    /// All of them
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    named: Named,
}

/// `rollcall subscribers`: how the subscribers of a tenant stand.
pub(crate) async fn stand(of: TenantTarget) -> anyhow::Result<ExitStatus> {
    let mut subscribers = of.target.operator()?.subscribers(&of.tenant).await?;
    for (door, list, name) in [("webhook", "webhooks", "webhook"), ("pull", "readers", "reader")] {
        let of_door = subscribers.iter().filter(|subscriber| subscriber["door"] == door);
        let ids: Vec<_> = of_door.map(|one| output::text(&one["subscriber_id"])).collect();
        if ids.is_empty() {
            continue;
        }
        let asked = [("subscribers", ids.join(","))];
        let states = of.target.ops()?.get(&[list], &asked).await?;
        for state in output::list(&states[list]) {
            let mut whose =
                subscribers.iter_mut().filter(|one| one["subscriber_id"] == state["subscriber_id"]);
            if let Some(subscriber) = whose.next() {
                subscriber[name] = state.clone();
            }
        }
    }
    let deliveries = deliveries(&of, &subscribers).await?;
    for subscriber in &mut subscribers {
        let id = &subscriber["subscriber_id"];
        let own = output::list(&deliveries).find(|one| one["subscriber_id"] == *id);
        subscriber["delivery"] = own.cloned().unwrap_or(Value::Null);
        subscriber["state"] = state(subscriber).into();
    }
    if of.target.json {
        output::json_list("subscribers", &subscribers);
    } else {
        let rows: Vec<_> = subscribers.iter().map(row).collect();
        let columns = [
            "SUBSCRIBER",
            "DOOR",
            "STATE",
            "PLACE",
            "LAG",
            "SECONDS",
            "FAILED/H",
            "LAST FAILURE",
            "WAITING",
            "DEAD",
        ];
        output::table(&columns, &rows);
    }
    let is_disabled = |one: &Value| one["disabled"]["by_itself"] == true;
    let is_well = !subscribers.iter().any(is_disabled);
    Ok(if is_well { ExitStatus::Success } else { ExitStatus::NeedsAttention })
}

/// How far they are, whatever their doors.
async fn deliveries(of: &TenantTarget, subscribers: &[Value]) -> anyhow::Result<Value> {
    let ids: Vec<_> = subscribers.iter().map(|one| output::text(&one["subscriber_id"])).collect();
    if ids.is_empty() {
        return Ok(Value::Null);
    }
    let asked = [("tenant", of.tenant.clone()), ("subscribers", ids.join(","))];
    Ok(of.target.ops()?.get(&["deliveries"], &asked).await?["deliveries"].take())
}

/// How a subscriber stands, in a word.
fn state(subscriber: &Value) -> String {
    let delivery = &subscriber["delivery"];
    let (disabled, paused) = (&subscriber["disabled"], &subscriber["paused"]);
    if disabled["by_itself"] == true {
        return "disabled itself".to_owned();
    }
    if !disabled.is_null() {
        return "disabled".to_owned();
    }
    if !paused.is_null() {
        let drained = (paused["drain"] == true).then(|| drained(subscriber, delivery));
        return match drained {
            Some(Drained::Finished) => "drained",
            Some(Drained::UnderWay) => "draining",
            Some(Drained::Interrupted { .. }) => "interrupted",
            None | Some(Drained::Disabled | Drained::Resumed) => "paused",
        }
        .to_owned();
    }
    if delivery.is_null() { "enabled".to_owned() } else { output::text(&delivery["state"]) }
}

fn row(subscriber: &Value) -> Vec<String> {
    let shown = |name: &str| match &subscriber["delivery"][name] {
        Value::Null => "-".to_owned(),
        other @ (Value::String(_)
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Array(_)
        | Value::Object(_)) => output::text(other),
    };
    let text = |name: &str| output::text(&subscriber[name]);
    let mut row = vec![text("name"), text("door"), text("state")];
    let columns =
        ["place", "lag_events", "lag_seconds", "failed", "last_failure", "waiting", "dead_letters"];
    row.extend(columns.map(shown));
    row
}

/// `rollcall subscriber dead-letters`.
pub(super) async fn dead_letters(named: Named) -> anyhow::Result<()> {
    let of = &named.of;
    let id = id_of(&named).await?;
    let ops = of.target.ops()?;
    let mut letters = vec![];
    loop {
        let after = letters.last().map_or(0, |last: &Value| last["position"].as_u64().unwrap_or(0));
        let path = ["webhooks", &id, "dead-letters"];
        let page = ops.get(&path, &[("after", after.to_string())]).await?;
        let before = letters.len();
        letters.extend(output::list(&page["dead_letters"]).cloned());
        if page["more"] != true || letters.len() == before {
            break;
        }
    }
    if of.target.json {
        output::json_list("dead-letters", &letters);
        return Ok(());
    }
    let shown = |letter: &Value| {
        let text = |name: &str| output::text(&letter[name]);
        let number = |name: &str| letter[name].to_string();
        let again = if letter["resend"] == true { "being sent again" } else { "" };
        let position = number("position");
        let (tries, cause) = (number("tries"), text("cause"));
        vec![position, text("about"), tries, cause, text("given_up_at"), again.to_owned()]
    };
    let rows: Vec<_> = letters.iter().map(shown).collect();
    output::table(&["POSITION", "ABOUT", "TRIES", "CAUSE", "GIVEN UP", ""], &rows);
    Ok(())
}

/// `rollcall subscriber resend`.
pub(super) async fn resend(Resend { positions, all, named }: Resend) -> anyhow::Result<()> {
    let id = id_of(&named).await?;
    let body = json!({ "positions": (!all).then_some(positions) });
    let resent = named.of.target.ops()?.post(&["webhooks", &id, "resend"], body).await?;
    if named.of.target.json {
        output::json_of("resent", &resent);
    } else {
        output::line(format_args!("{} sent again", resent["resent"]));
    }
    Ok(())
}

async fn id_of(named: &Named) -> anyhow::Result<String> {
    let of = &named.of;
    let found = of.target.operator()?.subscriber(&of.tenant, &named.subscriber).await?;
    Ok(text(&found, "subscriber_id")?.to_owned())
}
