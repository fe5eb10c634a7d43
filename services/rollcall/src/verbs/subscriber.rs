//! `rollcall subscriber`: the applications to which a tenant's feed is delivered.

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use eventlog::Issuer;
use serde_json::{Value, json};

use super::integration::{TenantTarget, show};
use super::subscriber_courses::{self, Drain, Pause, Reset, Test};
use super::subscriber_replay::{self, Replay};
use super::subscriber_shown::{Named, flat, shown, shown_as};
use super::subscriber_webhooks::{self, Resend};
use crate::exit::ExitStatus;
use crate::option_precedence::UsageError;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum SubscriberVerb {
    /// Add a subscriber; shows its secret if it has any, and how it comes in
    Add(Add),
    /// List the subscribers
    List(TenantTarget),
    /// Show a subscriber
    Show(Named),
    /// Change which facts it wants, or where its webhook is
    Change(Change),
    /// Issue another secret; the one before counts on until it is withdrawn
    Rotate(Named),
    /// Withdraw a secret: whoever came in with it is cut off
    Withdraw(Withdraw),
    /// Deliver nothing to it until it is enabled; its place is kept
    Disable(Disable),
    /// Go on where it stood
    Enable(Named),
    /// Send it nothing until it is resumed; its place is kept, and it may still come in
    Pause(Pause),
    /// Go on where it was paused
    Resume(Named),
    /// Finish what was begun, begin nothing new, and pause it; exit code 3 if that takes longer
    Drain(Drain),
    /// Go on elsewhere in the feed; events that it repeats have the ids that they had
    Reset(Reset),
    /// Send it a part of the feed once more, beside what is new, with the ids that the events had
    Replay(Replay),
    /// Show how far its last replay is
    ReplayStatus(Named),
    /// End the replay that is under way
    ReplayCancel(Named),
    /// Send it an event that means nothing, and say what came of it; exit code 3 unless it was accepted
    Test(Test),
    /// Remove it, and its place
    Remove(Named),
    /// Make a key that vouches for subscribers on NATS; nothing is asked or kept
    Issuer(IssuerOptions),
    /// List the events that its webhook did not accept, and that were given up
    DeadLetters(Named),
    /// Send such events again, with the ids that they had
    Resend(Resend),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DoorName {
    Nats,
    Webhook,
    Pull,
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// What it is called: a-z, 0-9 and -, beginning with a letter
    name: String,
    /// How the feed gets to it: it fetches from NATS, is sent HTTP requests, or asks over HTTP with an API
    /// token of the tenant
    #[arg(long)]
    door: DoorName,
    /// Where its webhook is
    #[arg(long)]
    webhook_url: Option<String>,
    /// Which facts it wants, such as `employee.*,team.changed`, with commas between or said several
    /// times; without it, all
    #[arg(long, value_name = "FACT", value_delimiter = ',')]
    facts: Vec<String>,
    /// Begin behind this `ce-sequence` of the tenant's feed; without it, with the whole history
    #[arg(long, default_value_t = 0)]
    after: u64,
    #[command(flatten)]
    of: TenantTarget,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).multiple(true).args(["facts", "webhook_url"])))]
pub(crate) struct Change {
    /// Which facts it wants from now on, with commas between or said several times; `all` is all
    #[arg(long, value_name = "FACT", value_delimiter = ',')]
    facts: Vec<String>,
    /// Where its webhook is from now on
    #[arg(long)]
    webhook_url: Option<String>,
    #[command(flatten)]
    named: Named,
}

#[derive(Debug, Args)]
pub(crate) struct Withdraw {
    #[command(flatten)]
    named: Named,
    /// The secret's id, as `subscriber show` has it
    #[arg(long)]
    secret: String,
}

#[derive(Debug, Args)]
pub(crate) struct Disable {
    /// Why, in words
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    named: Named,
}

#[derive(Debug, Args)]
pub(crate) struct IssuerOptions {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(verb: SubscriberVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        SubscriberVerb::Add(add) => {
            let new = add.body()?;
            let added = add.of.target.operator()?.add_subscriber(&add.of.tenant, new).await?;
            let is_secret = !added["secret"].is_null();
            let mut added = added;
            if added["nats"].is_object() {
                added["nats_url"] = add.of.target.nats_url().into();
            }
            let added = flat(added, add.of.target.json);
            if is_secret {
                show(&add.of.target, "subscriber-added", &added);
            } else {
                shown_as(&add.of, "subscriber-added", &added);
            }
        }
        SubscriberVerb::List(of) => {
            let subscribers = of.target.operator()?.subscribers(&of.tenant).await?;
            if of.target.json {
                output::json_list("subscribers", &subscribers);
            } else {
                let rows: Vec<_> = subscribers.iter().map(row).collect();
                output::table(&["SUBSCRIBER", "DOOR", "FACTS", "SECRETS", "STATE"], &rows);
            }
        }
        SubscriberVerb::Show(Named { subscriber, of }) => {
            let found = of.target.operator()?.subscriber(&of.tenant, &subscriber).await?;
            shown(&of, &found);
        }
        SubscriberVerb::Change(Change {
            facts,
            webhook_url: url,
            named: Named { subscriber, of },
        }) => {
            let all = facts == ["all"];
            let wanted = if all { vec![] } else { facts };
            let facts = (all || !wanted.is_empty()).then_some(wanted);
            let change = json!({ "facts": facts, "url": url });
            let operator = of.target.operator()?;
            shown(&of, &operator.change_subscriber(&of.tenant, &subscriber, change).await?);
        }
        SubscriberVerb::Rotate(Named { subscriber, of }) => {
            let operator = of.target.operator()?;
            let rotated = operator.rotate_subscriber(&of.tenant, &subscriber).await?;
            show(&of.target, "subscriber-rotated", &flat(rotated, of.target.json));
        }
        SubscriberVerb::Withdraw(Withdraw { named: Named { subscriber, of }, secret }) => {
            let operator = of.target.operator()?;
            operator.withdraw_secret(&of.tenant, &subscriber, &secret).await?;
            let left = operator.subscriber(&of.tenant, &subscriber).await?;
            if output::list(&left["secrets"]).next().is_none() {
                output::note(
                    "that was its last secret: it cannot come in until `rollcall subscriber rotate` \
                     issues another",
                );
            }
            done(&of, &subscriber, "subscriber-withdrawn", "withdrawn");
        }
        SubscriberVerb::Disable(Disable { reason, named: Named { subscriber, of } }) => {
            let operator = of.target.operator()?;
            shown(&of, &operator.disable_subscriber(&of.tenant, &subscriber, &reason).await?);
        }
        SubscriberVerb::Enable(Named { subscriber, of }) => {
            let operator = of.target.operator()?;
            shown(&of, &operator.enable_subscriber(&of.tenant, &subscriber).await?);
        }
        SubscriberVerb::Pause(pause) => subscriber_courses::pause(pause).await?,
        SubscriberVerb::Resume(named) => subscriber_courses::resume(named).await?,
        SubscriberVerb::Drain(drain) => return subscriber_courses::drain(drain).await,
        SubscriberVerb::Reset(reset) => subscriber_courses::reset(reset).await?,
        SubscriberVerb::Replay(replay) => subscriber_replay::replay(replay).await?,
        SubscriberVerb::ReplayStatus(named) => subscriber_replay::status(named).await?,
        SubscriberVerb::ReplayCancel(named) => subscriber_replay::cancel(named).await?,
        SubscriberVerb::Test(test) => return subscriber_courses::test(test).await,
        SubscriberVerb::Remove(Named { subscriber, of }) => {
            of.target.operator()?.remove_subscriber(&of.tenant, &subscriber).await?;
            done(&of, &subscriber, "subscriber-removed", "removed");
        }
        SubscriberVerb::Issuer(IssuerOptions { json }) => issuer(json),
        SubscriberVerb::DeadLetters(named) => subscriber_webhooks::dead_letters(named).await?,
        SubscriberVerb::Resend(which) => subscriber_webhooks::resend(which).await?,
    }
    Ok(ExitStatus::Success)
}

impl Add {
    fn body(&self) -> Result<Value, UsageError> {
        let door = match (self.door, &self.webhook_url) {
            (DoorName::Nats, None) => "nats",
            (DoorName::Webhook, Some(_)) => "webhook",
            (DoorName::Pull, None) => "pull",
            (DoorName::Nats | DoorName::Pull, Some(_)) => {
                return Err(UsageError("--webhook-url is for --door webhook alone".to_owned()));
            }
            (DoorName::Webhook, None) => {
                return Err(UsageError("--door webhook needs --webhook-url".to_owned()));
            }
        };
        let Self { name, webhook_url: url, facts, after, .. } = self;
        Ok(json!({ "name": name, "door": door, "url": url, "facts": facts, "after": after }))
    }
}

fn issuer(as_json: bool) {
    let issuer = Issuer::new();
    let (public, seed) = (issuer.public_key(), issuer.seed());
    if as_json {
        return output::json_of("subscriber-issuer", &json!({ "public": public, "seed": seed }));
    }
    output::line(format_args!("NATS_SUBSCRIBER_ISSUER={public}"));
    output::line(format_args!("ROLLCALL_SUBSCRIBER_ISSUER={seed}"));
    output::note("the first is for nats-server, the second a secret of each `rollcall deliver`");
}

fn done(of: &TenantTarget, subscriber: &str, name: &str, state: &str) {
    if of.target.json {
        let done = json!({ "tenant": of.tenant, "subscriber": subscriber, "state": state });
        output::json_of(name, &done);
    } else {
        output::line(state);
    }
}

fn row(subscriber: &Value) -> Vec<String> {
    let text = |name: &str| output::text(&subscriber[name]);
    let facts: Vec<String> = output::list(&subscriber["facts"]).map(output::text).collect();
    let secrets = output::list(&subscriber["secrets"]).count();
    let state = match &subscriber["disabled"] {
        Value::Object(disabled) => format!("disabled: {}", output::text(&disabled["reason"])),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            if subscriber["paused"].is_null() { "enabled" } else { "paused" }.to_owned()
        }
    };
    let facts = if facts.is_empty() { "all".to_owned() } else { facts.join(",") };
    vec![text("name"), text("door"), facts, secrets.to_string(), state]
}
