//! Subscribers, and their secrets.

use std::collections::BTreeSet;

use events::{
    AddedSubscriber, DisabledSubscriber, Door, EnabledSubscriber, Event, FactPattern,
    IssuedSubscriberSecret, RemovedSubscriber, SecretId, StoredSecret, SubscriberId,
    SubscriberName, SubscriberState, WithdrawnSubscriberSecret,
};

use super::text;
use crate::{Refusal, Subscriber, TenantRoster};

/// How many subscribers a tenant can have.
const MAX_SUBSCRIBERS: usize = 100;
/// How many patterns say what a subscriber wants.
const MAX_FACTS: usize = 64;
/// How many secrets count at a time: the old and the new one of a rotation.
const MAX_LIVE_SECRETS: usize = 2;

pub(super) fn add(
    tenant: &TenantRoster,
    state: &SubscriberState,
    after: u64,
    secret: Option<&(SecretId, StoredSecret)>,
) -> Result<Vec<Event>, Refusal> {
    let SubscriberState { subscriber_id, name, door, facts } = state;
    if let Some(before) = tenant.subscribers().get(*subscriber_id) {
        let known = |(id, secret): &(SecretId, StoredSecret)| {
            before.secrets.iter().any(|one| one.id == *id && one.secret == *secret)
        };
        let same = state_of(before) == *state && before.after == after && secret.is_none_or(known);
        return if same { Ok(vec![]) } else { Err(Refusal::IdReused(subscriber_id.0)) };
    }
    if tenant.subscribers().named(name).is_some() {
        return Err(Refusal::SubscriberNameTaken(name.clone()));
    }
    if tenant.subscribers().iter().count() >= MAX_SUBSCRIBERS {
        return Err(Refusal::TooManySubscribers { max: MAX_SUBSCRIBERS });
    }
    door_fits(door)?;
    facts_fit(facts)?;
    let added = Event::SubscriberAdded(AddedSubscriber { state: state.clone(), after });
    match (door, secret) {
        (Door::Pull, None) => Ok(vec![added]),
        (Door::Nats | Door::Webhook { .. }, None) => Err(Refusal::SecretMissing(door.as_str())),
        (_, Some((id, secret))) => {
            secret_fits(door, secret, name)?;
            Ok(vec![added, issued(*subscriber_id, *id, secret)])
        }
    }
}

/// What is `None` stays as it is.
pub(super) fn change(
    tenant: &TenantRoster,
    id: SubscriberId,
    url: Option<&String>,
    facts: Option<&BTreeSet<FactPattern>>,
) -> Result<Vec<Event>, Refusal> {
    let before = known(tenant, id)?;
    let mut after = state_of(before);
    if let Some(url) = url {
        match &mut after.door {
            Door::Webhook { url: own } => own.clone_from(url),
            Door::Nats | Door::Pull => return Err(Refusal::NoWebhook(before.name.clone())),
        }
    }
    if let Some(facts) = facts {
        after.facts.clone_from(facts);
    }
    if after == state_of(before) {
        return Ok(vec![]);
    }
    door_fits(&after.door)?;
    facts_fit(&after.facts)?;
    Ok(vec![Event::SubscriberChanged(after)])
}

pub(super) fn remove(tenant: &TenantRoster, id: SubscriberId) -> Result<Vec<Event>, Refusal> {
    known(tenant, id)?;
    Ok(vec![Event::SubscriberRemoved(RemovedSubscriber { subscriber_id: id })])
}

pub(super) fn issue_secret(
    tenant: &TenantRoster,
    id: SubscriberId,
    secret_id: SecretId,
    secret: &StoredSecret,
) -> Result<Vec<Event>, Refusal> {
    let subscriber = known(tenant, id)?;
    if let Some(before) = subscriber.secrets.iter().find(|one| one.id == secret_id) {
        let same = before.secret == *secret;
        return if same { Ok(vec![]) } else { Err(Refusal::IdReused(secret_id.0)) };
    }
    if subscriber.secrets.len() >= MAX_LIVE_SECRETS {
        return Err(Refusal::TooManySubscriberSecrets);
    }
    secret_fits(&subscriber.door, secret, &subscriber.name)?;
    Ok(vec![issued(id, secret_id, secret)])
}

pub(super) fn withdraw_secret(
    tenant: &TenantRoster,
    id: SubscriberId,
    secret_id: SecretId,
) -> Result<Vec<Event>, Refusal> {
    let subscriber = known(tenant, id)?;
    if !subscriber.secrets.iter().any(|one| one.id == secret_id) {
        return Err(Refusal::NoSuchSubscriberSecret(secret_id));
    }
    match subscriber.door {
        // What is sent has to be signed with something.
        Door::Webhook { .. } if subscriber.secrets.len() == 1 => Err(Refusal::LastSecret),
        Door::Webhook { .. } | Door::Nats | Door::Pull => {
            Ok(vec![Event::SubscriberSecretWithdrawn(WithdrawnSubscriberSecret {
                subscriber_id: id,
                secret_id,
            })])
        }
    }
}

pub(super) fn disable(
    tenant: &TenantRoster,
    id: SubscriberId,
    reason: &str,
    by_itself: bool,
) -> Result<Vec<Event>, Refusal> {
    if known(tenant, id)?.disabled.is_some() {
        return Ok(vec![]);
    }
    text::said_in_words("the reason", reason)?;
    let reason = reason.to_owned();
    let body = DisabledSubscriber { subscriber_id: id, reason, by_itself };
    Ok(vec![Event::SubscriberDisabled(body)])
}

pub(super) fn enable(tenant: &TenantRoster, id: SubscriberId) -> Result<Vec<Event>, Refusal> {
    let disabled = known(tenant, id)?.disabled.as_ref();
    let body = EnabledSubscriber { subscriber_id: id };
    Ok(disabled.map(|_| Event::SubscriberEnabled(body)).into_iter().collect())
}

pub(super) fn known(tenant: &TenantRoster, id: SubscriberId) -> Result<&Subscriber, Refusal> {
    tenant.subscribers().get(id).ok_or_else(|| Refusal::NoSuchSubscriber(id.to_string()))
}

fn state_of(subscriber: &Subscriber) -> SubscriberState {
    SubscriberState {
        subscriber_id: subscriber.id,
        name: subscriber.name.clone(),
        door: subscriber.door.clone(),
        facts: subscriber.facts.clone(),
    }
}

fn issued(subscriber_id: SubscriberId, secret_id: SecretId, secret: &StoredSecret) -> Event {
    let secret = secret.clone();
    Event::SubscriberSecretIssued(IssuedSubscriberSecret { subscriber_id, secret_id, secret })
}

/// Whether the URL is one that could be called; who may be called is for those who call.
fn door_fits(door: &Door) -> Result<(), Refusal> {
    let Door::Webhook { url } = door else { return Ok(()) };
    text::names("the URL", url)?;
    let host = ["https://", "http://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    let fits = host.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if fits && !url.contains(char::is_whitespace) { Ok(()) } else { Err(Refusal::BadWebhookUrl) }
}

fn facts_fit(facts: &BTreeSet<FactPattern>) -> Result<(), Refusal> {
    if facts.len() > MAX_FACTS {
        return Err(Refusal::TooManyFacts { max: MAX_FACTS });
    }
    Ok(())
}

/// A subscriber that comes in shows its secret, of which a digest is enough; one that is sent something
/// is sent a signature, for which the secret is needed. One that asks over HTTP has an API token.
fn secret_fits(door: &Door, secret: &StoredSecret, name: &SubscriberName) -> Result<(), Refusal> {
    match (door, secret) {
        (Door::Nats, StoredSecret::Digest(_))
        | (Door::Webhook { .. }, StoredSecret::Encrypted(_)) => Ok(()),
        (Door::Nats, StoredSecret::Encrypted(_))
        | (Door::Webhook { .. }, StoredSecret::Digest(_)) => {
            Err(Refusal::SecretOfOtherDoor(door.as_str()))
        }
        (Door::Pull, StoredSecret::Digest(_) | StoredSecret::Encrypted(_)) => {
            Err(Refusal::NoSecret(name.clone()))
        }
    }
}
