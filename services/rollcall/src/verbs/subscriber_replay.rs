//! `rollcall subscriber replay`, `replay-status` and `replay-cancel`: a part of the feed once more.

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use super::operator::text;
use super::subscriber_courses::{delivery, part, place};
use super::subscriber_shown::{Named, is_sent_events, shown};
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The first event: `beginning`, its `ce-sequence`, a time, or how long ago
    #[arg(long, value_name = "PLACE", value_parser = place)]
    from: String,
    /// The last event; without it, the last that there is
    #[arg(long, value_name = "PLACE", value_parser = place)]
    to: Option<String>,
    /// Only these of the facts that it wants, with commas between or said several times
    #[arg(long, value_name = "FACT", value_delimiter = ',')]
    facts: Vec<String>,
    /// Only what is told of this person, by employee id
    #[arg(long, value_name = "EMPLOYEE")]
    person: Option<String>,
    /// How many events a second at most; on NATS the subscriber goes as fast as it fetches
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rate: u32,
    /// Do it; without this, only the plan is told
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    named: Named,
}

/// Tells how much that is, and starts it if it is to.
pub(super) async fn replay(asked: Replay) -> anyhow::Result<()> {
    let Replay { from, to, facts, person, rate, yes, named: Named { subscriber, of } } = asked;
    let (operator, ops) = (of.target.operator()?, of.target.ops()?);
    let found = operator.subscriber(&of.tenant, &subscriber).await?;
    is_sent_events(&found)?;
    let narrower = [
        ("from", from),
        ("to", to.unwrap_or_default()),
        ("facts", facts.join(",")),
        ("person", person.clone().unwrap_or_default()),
    ];
    let mut plan = part(&ops, &of, &found, &narrower).await?;
    let events = plan["events"].as_u64().context("the answer has no events")?;
    plan["seconds"] = events.div_ceil(rate.into()).into();
    plan["rate"] = rate.into();
    plan["subscriber"] = found["name"].clone();
    plan["replay_id"] = Value::Null;
    if yes {
        let body = json!({
            "after": plan["after"], "through": plan["through"], "facts": facts, "person": person,
            "rate": rate, "events": events,
        });
        let started =
            operator.act_on_subscriber(&of.tenant, &subscriber, "replays", Some(body)).await?;
        plan["replay_id"] = started["replay"]["replay_id"].clone();
    }
    if of.target.json {
        output::json_of("subscriber-replay", &plan);
        return Ok(());
    }
    output::line(format_args!("events  {}", output::grouped(events)));
    output::line(format_args!("from    {}", output::when(&plan["first_at"])));
    output::line(format_args!("to      {}", output::when(&plan["last_at"])));
    let takes = output::distance(plan["seconds"].as_u64().unwrap_or_default());
    output::line(format_args!("takes   {takes} at {rate} events a second"));
    if yes {
        output::line(format_args!("replay  {}", output::text(&plan["replay_id"])));
        output::note("`rollcall subscriber replay-status` shows how far it is");
    } else {
        output::line("nothing is done yet: say --yes");
    }
    Ok(())
}

/// Shows how far the last replay of a subscriber is.
pub(super) async fn status(Named { subscriber, of }: Named) -> anyhow::Result<()> {
    let found = of.target.operator()?.subscriber(&of.tenant, &subscriber).await?;
    let mut replay = found["replay"].clone();
    let id = text(&replay, "replay_id").context("the subscriber has had no replay")?.to_owned();
    let stands = delivery(&of.target.ops()?, &of, &id).await?;
    replay["delivery"] = stands.clone();
    if of.target.json {
        output::json_of("subscriber-replay-status", &replay);
        return Ok(());
    }
    let (state, hint) = state(&found);
    let events = replay["events"].as_u64().unwrap_or_default();
    output::line(format_args!("replay    {id}"));
    output::line(format_args!("state     {state}"));
    if let Some(accepted) = stands["accepted"].as_u64() {
        let accepted = output::grouped(accepted);
        output::line(format_args!("accepted  {accepted} of {}", output::grouped(events)));
    } else {
        output::line(format_args!("events    {}", output::grouped(events)));
    }
    if let Some(waiting @ 1..) = stands["waiting"].as_u64() {
        output::line(format_args!("waiting   {waiting}, to be tried again"));
    }
    output::line(format_args!("started   {}", output::when(&replay["started_at"])));
    output::line(format_args!("ended     {}", output::when(&replay["ended_at"])));
    if let Some(hint) = hint {
        output::note(hint);
    }
    Ok(())
}

/// The state of a subscriber's last replay, and what has it go on if it stands still: one that is at its
/// end does not, whatever became of the subscriber.
fn state(found: &Value) -> (String, Option<&'static str>) {
    match found["replay"]["outcome"].as_str() {
        Some(outcome) => (outcome.to_owned(), None),
        None if !found["disabled"].is_null() => {
            let why = output::text(&found["disabled"]["reason"]);
            let hint = "it goes on when the subscriber is enabled: `rollcall subscriber enable`";
            (format!("the subscriber is disabled ({why})"), Some(hint))
        }
        None if !found["paused"].is_null() => {
            let hint = "it goes on when the subscriber is resumed: `rollcall subscriber resume`";
            ("paused".to_owned(), Some(hint))
        }
        None => ("under way".to_owned(), None),
    }
}

/// Ends the replay that is under way.
pub(super) async fn cancel(Named { subscriber, of }: Named) -> anyhow::Result<()> {
    let operator = of.target.operator()?;
    let found = operator.subscriber(&of.tenant, &subscriber).await?;
    let id = text(&found["replay"], "replay_id").context("the subscriber has no replay")?;
    shown(&of, &operator.cancel_replay(&of.tenant, &subscriber, id).await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replay_that_stands_still_says_what_has_it_go_on() {
        let disabled = json!({ "reason": "it answered 410" });
        let paused = json!({ "drain": false });
        let found = |outcome: Option<&str>, disabled: &Value, paused: &Value| json!({ "replay": { "outcome": outcome }, "disabled": disabled, "paused": paused });
        let (words, hint) = state(&found(None, &disabled, &paused));
        assert!(words.contains("disabled (it answered 410)"), "{words}");
        assert!(hint.is_some_and(|hint| hint.contains("subscriber enable")));
        let (words, hint) = state(&found(None, &Value::Null, &paused));
        assert_eq!(words, "paused");
        assert!(hint.is_some_and(|hint| hint.contains("subscriber resume")));
        assert_eq!(state(&found(None, &Value::Null, &Value::Null)).1, None);
        assert_eq!(state(&found(Some("done"), &disabled, &paused)), ("done".to_owned(), None));
    }
}
