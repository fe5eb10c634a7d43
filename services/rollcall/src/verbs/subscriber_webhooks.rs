//! `rollcall subscribers`, and what `rollcall subscriber` tells of webhooks: how they stand, and what was
//! given up.

use clap::{ArgGroup, Args};
use serde_json::{Value, json};

use super::integration::TenantTarget;
use super::operator::text;
use super::subscriber::Named;
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
    if of.target.json {
        output::json_list("subscribers", &subscribers);
    } else {
        let rows: Vec<_> = subscribers.iter().map(row).collect();
        let columns = [
            "SUBSCRIBER",
            "DOOR",
            "STATE",
            "POSITION",
            "OLDEST SINCE",
            "FAILED/H",
            "LAST FAILURE",
            "WAITING",
            "DEAD",
        ];
        output::table(&columns, &rows);
    }
    Ok(ExitStatus::Success)
}

fn row(subscriber: &Value) -> Vec<String> {
    let webhook = &subscriber["webhook"];
    let state = match (subscriber["disabled"].is_null(), webhook.is_null()) {
        (false, _) => "disabled".to_owned(),
        (true, true) => "enabled".to_owned(),
        (true, false) => output::text(&webhook["state"]),
    };
    let place = if webhook.is_null() { &subscriber["reader"] } else { webhook };
    let shown = |name: &str| match &place[name] {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            other.to_string()
        }
    };
    let mut row = vec![output::text(&subscriber["name"]), output::text(&subscriber["door"]), state];
    let columns = ["position", "oldest_at", "failed", "last_failure", "waiting", "dead_letters"];
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
