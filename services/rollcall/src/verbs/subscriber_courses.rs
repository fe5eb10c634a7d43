//! `rollcall subscriber pause`, `resume`, `drain`, `reset` and `test`.

use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};

use super::integration::TenantTarget;
use super::operator::text;
use super::ops::Ops;
use super::subscriber_drained::{Drained, drained};
use super::subscriber_shown::{Named, is_sent_events, shown};
use crate::exit::ExitStatus;
use crate::{output, time_text};

/// How often it is asked how far something is.
const POLL: Duration = Duration::from_millis(200);

#[derive(Debug, Args)]
pub(crate) struct Pause {
    /// Why, in words
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    named: Named,
}

#[derive(Debug, Args)]
pub(crate) struct Drain {
    /// Why, in words
    #[arg(long)]
    reason: Option<String>,
    /// For how many seconds it is waited until it is drained
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
    #[command(flatten)]
    named: Named,
}

#[derive(Debug, Args)]
pub(crate) struct Reset {
    /// Where it goes on: `beginning`, `end`, the `ce-sequence` of the next event, a time, or how long ago
    #[arg(long, value_name = "PLACE", value_parser = place)]
    to: String,
    /// Do it; without this, only what it would repeat or skip is told
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    named: Named,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// For how many seconds it is waited for what comes of it
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    wait: u64,
    #[command(flatten)]
    named: Named,
}

/// A place in a tenant's feed, as `/ops/v1/feed` takes it.
pub(super) fn place(text: &str) -> Result<String, String> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number || ["beginning", "end"].contains(&text) {
        return Ok(text.to_owned());
    }
    let time = time_text::past(text).map(|time| time.to_string());
    time.map_err(|why| format!("say `beginning`, `end`, a ce-sequence, or a time: {why}"))
}

/// How far one is, if that is known.
pub(super) async fn delivery(ops: &Ops, of: &TenantTarget, id: &str) -> anyhow::Result<Value> {
    let asked = [("tenant", of.tenant.clone()), ("subscribers", id.to_owned())];
    let answer = ops.get(&["deliveries"], &asked).await?;
    Ok(output::list(&answer["deliveries"]).next().cloned().unwrap_or(Value::Null))
}

/// A part of a tenant's feed, and how many events of it the subscriber wants.
pub(super) async fn part(
    ops: &Ops,
    of: &TenantTarget,
    subscriber: &Value,
    narrower: &[(&str, String)],
) -> anyhow::Result<Value> {
    let wants: Vec<_> = output::list(&subscriber["facts"]).map(output::text).collect();
    let mut asked = vec![("tenant", of.tenant.clone()), ("wants", wants.join(","))];
    asked.extend(narrower.iter().cloned());
    asked.retain(|(_, value)| !value.is_empty());
    ops.get(&["feed"], &asked).await
}

pub(super) async fn pause(Pause { reason, named }: Pause) -> anyhow::Result<()> {
    let body = json!({ "reason": reason, "drain": false });
    act(&named, "pause", Some(body)).await
}

pub(super) async fn resume(named: Named) -> anyhow::Result<()> {
    act(&named, "resume", None).await
}

async fn act(named: &Named, what: &str, body: Option<Value>) -> anyhow::Result<()> {
    let Named { subscriber, of } = named;
    let done = of.target.operator()?.act_on_subscriber(&of.tenant, subscriber, what, body).await?;
    shown(of, &done);
    Ok(())
}

/// Has what was begun finished and nothing else begun, and waits until that is so.
pub(super) async fn drain(Drain { reason, wait, named }: Drain) -> anyhow::Result<ExitStatus> {
    let Named { subscriber, of } = &named;
    let body = json!({ "reason": reason, "drain": true });
    let operator = of.target.operator()?;
    let paused = operator.act_on_subscriber(&of.tenant, subscriber, "pause", Some(body)).await?;
    let (ops, id) = (of.target.ops()?, text(&paused, "subscriber_id")?.to_owned());
    let until = Instant::now() + Duration::from_secs(wait);
    loop {
        let stands = delivery(&ops, of, &id).await?;
        // Asked behind how far it is: somebody may resume it while it is waited for.
        let now = operator.subscriber(&of.tenant, subscriber).await?;
        let drained = drained(&now, &stands);
        let answer = json!({
            "tenant": of.tenant, "subscriber": paused["name"],
            "drained": drained == Drained::Finished, "delivery": stands,
        });
        let is_over = match drained {
            Drained::Finished
            | Drained::Interrupted { .. }
            | Drained::Disabled
            | Drained::Resumed => true,
            Drained::UnderWay => Instant::now() >= until,
        };
        if is_over {
            told(of, "subscriber-drained", &answer, &drained.words());
            let is_well = drained == Drained::Finished;
            return Ok(if is_well { ExitStatus::Success } else { ExitStatus::NeedsAttention });
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Tells what a reset repeats or skips, and does it if it is to.
pub(super) async fn reset(Reset { to, yes, named }: Reset) -> anyhow::Result<()> {
    let Named { subscriber, of } = &named;
    let (operator, ops) = (of.target.operator()?, of.target.ops()?);
    let found = operator.subscriber(&of.tenant, subscriber).await?;
    is_sent_events(&found)?;
    let stands = delivery(&ops, of, text(&found, "subscriber_id")?).await?;
    let nothing_behind = [("from", to), ("to", "beginning".to_owned())];
    let goal = part(&ops, of, &found, &nothing_behind).await?["after"].as_u64().unwrap_or_default();
    let is_known = stands["begun"].is_null() || stands["begun"] == found["begun"];
    let place = stands["place"].as_u64().filter(|_| is_known);
    let place = place.or(found["after"].as_u64()).unwrap_or_default();
    let (low, high) = (goal.min(place), goal.max(place));
    let between = [("from", (low + 1).to_string()), ("to", high.to_string())];
    let between = part(&ops, of, &found, &between).await?;
    let events = if low == high { 0 } else { between["events"].as_u64().unwrap_or_default() };
    let (repeats, skips) = if goal < place { (events, 0) } else { (0, events) };
    if yes {
        let body = Some(json!({ "after": goal }));
        operator.act_on_subscriber(&of.tenant, subscriber, "reset", body).await?;
    }
    let plan = json!({
        "tenant": of.tenant, "subscriber": found["name"], "place": place, "after": goal,
        "repeats": repeats, "skips": skips, "waiting": stands["waiting"],
        "first_at": between["first_at"], "last_at": between["last_at"], "done": yes,
    });
    if of.target.json {
        output::json_of("subscriber-reset", &plan);
        return Ok(());
    }
    let (repeats, skips) = (output::grouped(repeats), output::grouped(skips));
    output::line(format_args!("it stands behind   {place}"));
    output::line(format_args!("it goes on behind  {goal}"));
    output::line(format_args!("repeats            {repeats} events, with the same ids"));
    output::line(format_args!("skips              {skips} events"));
    if let Some(waiting @ 1..) = stands["waiting"].as_u64() {
        let words = "events that wait to be tried again are no longer tried by themselves";
        output::line(format_args!("waiting            {waiting} {words}"));
    }
    output::line(if yes { "done" } else { "nothing is done yet: say --yes" });
    Ok(())
}

/// Sends a subscriber an event that means nothing, and says what came of it.
pub(super) async fn test(Test { wait, named }: Test) -> anyhow::Result<ExitStatus> {
    let Named { subscriber, of } = &named;
    let sent =
        of.target.operator()?.act_on_subscriber(&of.tenant, subscriber, "test", None).await?;
    let (ops, test) = (of.target.ops()?, text(&sent, "test_id")?.to_owned());
    let id = text(&sent, "subscriber_id")?.to_owned();
    let asked = [("tenant", of.tenant.clone()), ("subscriber", id), ("test", test.clone())];
    let until = Instant::now() + Duration::from_secs(wait);
    let came = loop {
        let came = ops.get(&["tests"], &asked).await?;
        if came["ended"] == true || Instant::now() >= until {
            break came;
        }
        tokio::time::sleep(POLL).await;
    };
    let outcome = output::text(&came["outcome"]);
    let answer = json!({
        "tenant": of.tenant, "subscriber": sent["name"], "test_id": test, "outcome": outcome,
        "took_ms": came["took_ms"],
    });
    let took = came["took_ms"].as_u64().map_or(String::new(), |took| format!(" after {took} ms"));
    let words = match outcome.as_str() {
        "accepted" => format!("accepted{took}"),
        "on-the-way" => {
            "on the way: nobody has sent it yet; is `rollcall deliver` there?".to_owned()
        }
        "waiting" => "not fetched yet: it waits on NATS".to_owned(),
        "delivered" => "fetched, and not acknowledged yet".to_owned(),
        other => format!("not accepted: {other}{took}"),
    };
    told(of, "subscriber-tested", &answer, &words);
    let is_well = outcome == "accepted";
    Ok(if is_well { ExitStatus::Success } else { ExitStatus::NeedsAttention })
}

fn told(of: &TenantTarget, name: &str, answer: &Value, words: &str) {
    if of.target.json {
        output::json_of(name, answer);
    } else {
        output::line(words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_word_a_number_or_a_time() {
        for text in ["beginning", "end", "41200", "2026-03-01T08:00:00Z"] {
            assert_eq!(place(text).as_deref(), Ok(text));
        }
        assert!(place("2h").is_ok());
        for bad in ["", "start", "-1"] {
            assert!(place(bad).unwrap_err().contains("beginning"), "{bad}");
        }
    }
}
