//! Subscribers of a tenant's feed: adding, changing, disabling and removing them.

mod answers;
mod courses;
mod secrets;

use std::collections::BTreeSet;

use access::CommandError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use delivery::webhooks::{Reach, ReceiverUrl};
use eventlog::ids;
use events::{Door, FactPattern, SubscriberId, SubscriberState, Tenant};
use roster::{Intent, Refusal, Roster, Subscriber};
use serde::Deserialize;
use web::Problem;
use web::json_body::Body;

use self::answers::{IssuedSecret, SubscriberSummary};
use crate::caller::{Operator, known, tenant};
use crate::operator_api::OperatorApi;

pub(crate) use self::courses::{cancel_replay, pause, reset, resume, start_replay, test};
pub(crate) use self::secrets::{rotate, withdraw};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSubscriber {
    name: String,
    /// `nats`, `webhook` or `pull`.
    door: String,
    /// Of a webhook.
    url: Option<String>,
    /// All, if there are none.
    #[serde(default)]
    facts: Vec<String>,
    /// The `ce-sequence` behind which it begins.
    #[serde(default)]
    after: u64,
}

impl NewSubscriber {
    fn door(&self, reach: Reach) -> Result<Door, Problem> {
        match (self.door.as_str(), &self.url) {
            ("nats", None) => Ok(Door::Nats),
            ("pull", None) => Ok(Door::Pull),
            ("webhook", Some(url)) => {
                could_receive(url, reach)?;
                Ok(Door::Webhook { url: url.clone() })
            }
            ("nats" | "pull", Some(_)) => {
                Err(Problem::malformed("a subscriber that fetches events has no URL; leave it out"))
            }
            ("webhook", None) => Err(Problem::malformed("a webhook needs a URL; send one")),
            (other, _) => Err(Problem::malformed(format!(
                "there is no door {other:?}; there are nats, webhook and pull"
            ))),
        }
    }
}

pub(crate) async fn add(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path(slug): Path<String>,
    Body(new): Body<NewSubscriber>,
) -> Result<(StatusCode, Json<IssuedSecret>), CommandError> {
    let slug = tenant(&slug)?;
    let malformed = |error: events::BadSubscriberName| Problem::malformed(error.to_string());
    let state = SubscriberState {
        subscriber_id: SubscriberId(ids::uuid_v7()),
        name: new.name.parse().map_err(malformed)?,
        door: new.door(api.reach)?,
        facts: wanted(&new.facts)?,
    };
    let (id, after) = (state.subscriber_id, new.after);
    let drawn = secrets::draw(&api, &slug, &state.door);
    let secret = drawn.as_ref().map(secrets::Drawn::kept);
    let intent = move |_: &_| {
        let (state, secret) = (state.clone(), secret.clone());
        Ok(Intent::AddSubscriber { state, after, secret })
    };
    let done = operator.execute(&api, &slug, intent).await?;
    Ok((
        StatusCode::CREATED,
        Json(secrets::answer(drawn, &api.placement, &done.roster, &slug, id)?),
    ))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubscriberChange {
    url: Option<String>,
    facts: Option<Vec<String>>,
}

pub(crate) async fn change(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, named)): Path<(String, String)>,
    Body(SubscriberChange { url, facts }): Body<SubscriberChange>,
) -> Result<Json<SubscriberSummary>, CommandError> {
    let facts = facts.map(|facts| wanted(&facts)).transpose()?;
    url.as_deref().map(|url| could_receive(url, api.reach)).transpose()?;
    let intent = move |subscriber| {
        let (url, facts) = (url.clone(), facts.clone());
        Intent::ChangeSubscriber { subscriber, url, facts }
    };
    execute(&api, &operator, &slug, &named, intent).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    reason: String,
}

pub(crate) async fn disable(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, named)): Path<(String, String)>,
    Body(Reason { reason }): Body<Reason>,
) -> Result<Json<SubscriberSummary>, CommandError> {
    let intent = move |subscriber| {
        let reason = reason.clone();
        Intent::DisableSubscriber { subscriber, reason, by_itself: false }
    };
    execute(&api, &operator, &slug, &named, intent).await
}

pub(crate) async fn enable(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, named)): Path<(String, String)>,
) -> Result<Json<SubscriberSummary>, CommandError> {
    let intent = |subscriber| Intent::EnableSubscriber { subscriber };
    execute(&api, &operator, &slug, &named, intent).await
}

pub(crate) async fn remove(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, named)): Path<(String, String)>,
) -> Result<StatusCode, CommandError> {
    let slug = tenant(&slug)?;
    let whose = slug.clone();
    let intent = move |roster: &Roster| {
        let subscriber = find(roster, &whose, &named)?.id;
        Ok(Intent::RemoveSubscriber { subscriber })
    };
    operator.execute(&api, &slug, intent).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn list(
    State(api): State<OperatorApi>,
    _: Operator,
    Path(slug): Path<String>,
) -> Result<Json<Vec<SubscriberSummary>>, CommandError> {
    let slug = tenant(&slug)?;
    let roster = api.access.current_roster().await?;
    let subscribers = known(&roster, &slug)?.subscribers().iter();
    Ok(Json(subscribers.map(|one| SubscriberSummary::of(&api.placement, &slug, one)).collect()))
}

pub(crate) async fn show(
    State(api): State<OperatorApi>,
    _: Operator,
    Path((slug, named)): Path<(String, String)>,
) -> Result<Json<SubscriberSummary>, CommandError> {
    let slug = tenant(&slug)?;
    let roster = api.access.current_roster().await?;
    Ok(Json(SubscriberSummary::of(&api.placement, &slug, find(&roster, &slug, &named)?)))
}

/// Makes an intent about a subscriber true, and shows the subscriber as it is then.
async fn execute(
    api: &OperatorApi,
    operator: &Operator,
    slug: &str,
    named: &str,
    intent: impl Fn(SubscriberId) -> Intent + Send + 'static,
) -> Result<Json<SubscriberSummary>, CommandError> {
    let slug = tenant(slug)?;
    let (whose, who) = (slug.clone(), named.to_owned());
    let intent = move |roster: &Roster| Ok(intent(find(roster, &whose, &who)?.id));
    let done = operator.execute(api, &slug, intent).await?;
    Ok(Json(SubscriberSummary::of(&api.placement, &slug, find(&done.roster, &slug, named)?)))
}

/// A subscriber by its name or its id: a name begins with a letter, and the id of one made here with a
/// figure.
fn find<'r>(
    roster: &'r Roster,
    slug: &Tenant,
    named: &str,
) -> Result<&'r Subscriber, CommandError> {
    let subscribers = known(roster, slug)?.subscribers();
    let by_id = || subscribers.get(named.parse().ok()?);
    let by_name = || subscribers.named(&named.parse().ok()?);
    let unknown = || Refusal::NoSuchSubscriber(named.chars().take(64).collect()).into();
    by_id().or_else(by_name).ok_or_else(unknown)
}

/// Refuses a URL that no sender would send to, by the very function that a sender asks before it connects.
/// What a name leads to is known then alone.
fn could_receive(url: &str, reach: Reach) -> Result<(), Problem> {
    let read = ReceiverUrl::parse(url, reach);
    read.map(drop).map_err(|error| Problem::malformed(error.to_string()))
}

/// The facts that are named, each of which the feed has.
fn wanted(facts: &[String]) -> Result<BTreeSet<FactPattern>, Problem> {
    let read = |text: &String| {
        let known = text.parse::<feed::Pattern>();
        known.map_err(|error| Problem::malformed(error.to_string()))?;
        let pattern = text.parse::<FactPattern>();
        pattern.map_err(|error| Problem::malformed(error.to_string()))
    };
    facts.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_of_the_feed_can_be_wanted_and_no_other() {
        let all: Vec<String> = feed::Fact::told().map(feed::Fact::name).collect();
        assert_eq!(wanted(&all).unwrap().len(), all.len());
        assert!(wanted(&["employee.*".to_owned()]).is_ok());
        for bad in ["employee.gone", "user.*", "*", ""] {
            let problem = wanted(&[bad.to_owned()]).unwrap_err();
            assert!(problem.detail.contains("employee.left"), "{bad}: {}", problem.detail);
        }
    }

    #[test]
    fn a_webhook_that_could_never_be_sent_is_refused_with_the_reason() {
        for (url, why) in [
            ("https://user:secret@example.com/hooks", "no user name"),
            ("https://example.com/hooks#part", "no #"),
            ("https://exa mple.com/", "https://example.com/hooks"),
            ("https://example.com:99999/", "https://example.com/hooks"),
            ("ftp://example.com/", "begins with https://"),
            ("http://example.com/", "begins with https://"),
            ("https://127.0.0.1/hooks", "private network"),
            ("https://localhost/hooks", "private network"),
            ("https://[::1]/", "private network"),
            ("https://[::ffff:127.0.0.1]/", "private network"),
            ("https://10.1.2.3/", "private network"),
            ("https://169.254.169.254/", "private network"),
        ] {
            let new = NewSubscriber {
                name: "doors".to_owned(),
                door: "webhook".to_owned(),
                url: Some(url.to_owned()),
                facts: vec![],
                after: 0,
            };
            let problem = new.door(Reach::Public).expect_err(url);
            assert_eq!(problem.status, StatusCode::BAD_REQUEST, "{url}");
            assert!(problem.detail.contains(why), "{url}: {}", problem.detail);
            assert!(!problem.detail.contains("secret"), "{}", problem.detail);
        }
        could_receive("https://example.com/hooks", Reach::Public).expect("it is on the internet");
        could_receive("http://127.0.0.1:9000/hooks", Reach::Anywhere).expect("it is allowed");
        could_receive("https://169.254.169.254/", Reach::Anywhere).expect_err("nobody's receiver");
    }
}
