//! Subscribers: added, changed, disabled, removed; and their secrets.

use events::{
    Digest, Door, EventKind, FactPattern, SecretId, StoredSecret, SubscriberId, SubscriberState,
};
use uuid::Uuid;

use super::{History, given};
use crate::{BadText, Intent, Refusal};

const KITCHEN: SubscriberId = SubscriberId(Uuid::from_u128(0x5b1));
const DOORS: SubscriberId = SubscriberId(Uuid::from_u128(0x5b2));

fn facts(patterns: &[&str]) -> std::collections::BTreeSet<FactPattern> {
    patterns.iter().map(|pattern| pattern.parse().unwrap()).collect()
}

fn secret(number: u8) -> (SecretId, StoredSecret) {
    let id = SecretId(Uuid::from_u128(number.into()));
    (id, StoredSecret::Digest(Digest([number; 32])))
}

fn spoken(number: u8) -> (SecretId, StoredSecret) {
    (secret(number).0, StoredSecret::Encrypted(format!("text {number}")))
}

fn added(id: SubscriberId, name: &str, door: Door, number: u8) -> Intent {
    let secret = match door {
        Door::Nats => Some(secret(number)),
        Door::Webhook { .. } => Some(spoken(number)),
        Door::Pull => None,
    };
    let name = name.parse().unwrap();
    let facts = facts(&["employee.*"]);
    let state = SubscriberState { subscriber_id: id, name, door, facts };
    Intent::AddSubscriber { state, after: 7, secret }
}

fn kitchen() -> Intent {
    added(KITCHEN, "kitchen", Door::Nats, 1)
}

fn doors() -> Intent {
    added(DOORS, "doors", webhook("https://doors.example/hook"), 1)
}

fn webhook(url: &str) -> Door {
    Door::Webhook { url: url.to_owned() }
}

fn issue(id: SubscriberId, (secret_id, secret): (SecretId, StoredSecret)) -> Intent {
    Intent::IssueSubscriberSecret { subscriber: id, secret_id, secret }
}

fn withdraw(id: SubscriberId, number: u8) -> Intent {
    Intent::WithdrawSubscriberSecret { subscriber: id, secret_id: secret(number).0 }
}

fn wants(id: SubscriberId, patterns: &[&str]) -> Intent {
    Intent::ChangeSubscriber { subscriber: id, url: None, facts: Some(facts(patterns)) }
}

fn moved(id: SubscriberId, url: &str) -> Intent {
    Intent::ChangeSubscriber { subscriber: id, url: Some(url.to_owned()), facts: None }
}

fn disable(reason: &str) -> Intent {
    let reason = reason.to_owned();
    Intent::DisableSubscriber { subscriber: KITCHEN, reason, by_itself: false }
}

fn removed(id: SubscriberId) -> Intent {
    Intent::RemoveSubscriber { subscriber: id }
}

fn unknown(id: SubscriberId) -> Refusal {
    Refusal::NoSuchSubscriber(id.to_string())
}

fn secrets(history: &History, id: SubscriberId) -> Vec<SecretId> {
    let subscriber = history.tenant().subscribers().get(id).unwrap();
    subscriber.secrets.iter().map(|secret| secret.id).collect()
}

#[test]
fn a_subscriber_is_added_with_its_first_secret_in_one_decision() {
    given([])
        .when(&kitchen())
        .then([EventKind::SubscriberAdded, EventKind::SubscriberSecretIssued])
        .so(|tenant| {
            let subscriber = tenant.subscribers().named(&"kitchen".parse().unwrap()).unwrap();
            assert_eq!((subscriber.id, subscriber.after), (KITCHEN, 7));
            assert_eq!(subscriber.secrets[0].id, secret(1).0);
            assert!(subscriber.wants("employee", "left") && !subscriber.wants("team", "changed"));
        })
        .when(&kitchen())
        .then_nothing();
}

#[test]
fn who_names_no_facts_wants_all() {
    given([kitchen(), wants(KITCHEN, &[])]).when(&wants(KITCHEN, &[])).then_nothing().so(
        |tenant| {
            assert!(tenant.subscribers().get(KITCHEN).unwrap().wants("booking", "cancelled"));
        },
    );
}

#[test]
fn a_name_has_one_subscriber_and_is_free_once_that_is_removed() {
    let again = added(DOORS, "kitchen", Door::Nats, 2);
    given([kitchen()])
        .when(&again)
        .refused(&Refusal::SubscriberNameTaken("kitchen".parse().unwrap()));
    given([kitchen()])
        .when(&added(KITCHEN, "galley", Door::Nats, 1))
        .refused(&Refusal::IdReused(KITCHEN.0));
    given([kitchen(), removed(KITCHEN)])
        .when(&again)
        .then([EventKind::SubscriberAdded, EventKind::SubscriberSecretIssued])
        .after
        .when(&removed(KITCHEN))
        .refused(&unknown(KITCHEN));
}

#[test]
fn a_tenant_has_so_many_subscribers_and_no_more() {
    let numbered = |number: u8| {
        let id = SubscriberId(Uuid::from_u128(number.into()));
        added(id, &format!("s{number}"), Door::Nats, number)
    };
    given((0..100).map(numbered))
        .when(&numbered(100))
        .refused(&Refusal::TooManySubscribers { max: 100 });
}

#[test]
fn what_a_subscriber_wants_may_change_and_where_its_webhook_is() {
    given([kitchen()])
        .when(&wants(KITCHEN, &["team.changed"]))
        .then([EventKind::SubscriberChanged])
        .so(|tenant| assert!(tenant.subscribers().get(KITCHEN).unwrap().wants("team", "changed")))
        .when(&wants(KITCHEN, &["team.changed"]))
        .then_nothing();
    given([doors()])
        .when(&moved(DOORS, "https://new.example/"))
        .then([EventKind::SubscriberChanged])
        .so(|tenant| {
            let door = &tenant.subscribers().get(DOORS).unwrap().door;
            assert_eq!(*door, webhook("https://new.example/"));
        });
    given([kitchen()])
        .when(&moved(KITCHEN, "https://new.example/"))
        .refused(&Refusal::NoWebhook("kitchen".parse().unwrap()));
    given([]).when(&wants(KITCHEN, &[])).refused(&unknown(KITCHEN));
}

#[test]
fn what_could_not_be_called_is_no_webhook() {
    for bad in ["ftp://x/", "https://", "https:///hook", "doors.example", "https://a b/"] {
        given([doors()]).when(&moved(DOORS, bad)).refused(&Refusal::BadWebhookUrl);
        given([]).when(&added(DOORS, "doors", webhook(bad), 1)).refused(&Refusal::BadWebhookUrl);
    }
    given([doors()])
        .when(&moved(DOORS, " "))
        .refused(&Refusal::BadText { what: "the URL", problem: BadText::Blank });
}

#[test]
fn facts_are_named_by_so_many_patterns_and_no_more() {
    let pattern = |number: u8| format!("a.b{}", "c".repeat(number.into()));
    let patterns: Vec<String> = (0..65).map(pattern).filter(|text| text.len() < 60).collect();
    let mut all: Vec<String> = patterns.iter().map(|text| format!("x{text}")).collect();
    all.extend(patterns);
    let patterns: Vec<&str> = all.iter().map(String::as_str).collect();
    given([kitchen()]).when(&wants(KITCHEN, &patterns)).refused(&Refusal::TooManyFacts { max: 64 });
}

#[test]
fn two_secrets_count_at_a_time_so_that_they_can_be_rotated() {
    let history = given([kitchen()]).when(&issue(KITCHEN, secret(2)));
    let history = history.then([EventKind::SubscriberSecretIssued]).after;
    assert_eq!(secrets(&history, KITCHEN), [secret(1).0, secret(2).0]);
    history.clone().when(&issue(KITCHEN, secret(2))).then_nothing();
    let third = issue(KITCHEN, secret(3));
    history.clone().when(&third).refused(&Refusal::TooManySubscriberSecrets);
    let history = history.when(&withdraw(KITCHEN, 1));
    let history = history.then([EventKind::SubscriberSecretWithdrawn]).after;
    assert_eq!(secrets(&history, KITCHEN), [secret(2).0]);
    history
        .clone()
        .when(&withdraw(KITCHEN, 1))
        .refused(&Refusal::NoSuchSubscriberSecret(secret(1).0));
    history.when(&third).then([EventKind::SubscriberSecretIssued]);
}

#[test]
fn who_comes_in_may_lose_the_last_secret_and_who_is_sent_something_may_not() {
    let history = given([kitchen()]).when(&withdraw(KITCHEN, 1));
    let history = history.then([EventKind::SubscriberSecretWithdrawn]).after;
    assert_eq!(secrets(&history, KITCHEN), []);
    given([doors()]).when(&withdraw(DOORS, 1)).refused(&Refusal::LastSecret);
    given([doors(), issue(DOORS, spoken(2))])
        .when(&withdraw(DOORS, 1))
        .then([EventKind::SubscriberSecretWithdrawn]);
}

#[test]
fn who_comes_in_is_known_by_a_digest_and_what_is_sent_is_signed() {
    given([kitchen()])
        .when(&issue(KITCHEN, spoken(2)))
        .refused(&Refusal::SecretOfOtherDoor("nats"));
    given([doors()]).when(&issue(DOORS, secret(2))).refused(&Refusal::SecretOfOtherDoor("webhook"));
}

#[test]
fn who_asks_over_http_has_no_secret_and_who_comes_in_or_is_sent_something_has_one() {
    let reader = added(DOORS, "reader", Door::Pull, 1);
    let history = given([]).when(&reader).then([EventKind::SubscriberAdded]).after;
    assert_eq!(secrets(&history, DOORS), []);
    history.clone().when(&reader).then_nothing();
    let name = "reader".parse().unwrap();
    history.when(&issue(DOORS, secret(1))).refused(&Refusal::NoSecret(name));
    for (door, word) in [(Door::Nats, "nats"), (webhook("https://doors.example/"), "webhook")] {
        let Intent::AddSubscriber { state, after, .. } = added(DOORS, "doors", door, 1) else {
            unreachable!("it adds")
        };
        let bare = Intent::AddSubscriber { state, after, secret: None };
        given([]).when(&bare).refused(&Refusal::SecretMissing(word));
    }
}

#[test]
fn a_disabled_subscriber_says_why_and_since_when_until_it_is_enabled() {
    let enable = Intent::EnableSubscriber { subscriber: KITCHEN };
    given([kitchen()])
        .when(&disable(" "))
        .refused(&Refusal::BadText { what: "the reason", problem: BadText::Blank });
    given([kitchen()])
        .when(&enable)
        .then_nothing()
        .after
        .when(&disable("too loud"))
        .then([EventKind::SubscriberDisabled])
        .so(|tenant| {
            let disabled = tenant.subscribers().get(KITCHEN).unwrap().disabled.clone().unwrap();
            assert_eq!((disabled.reason.as_str(), disabled.by_itself), ("too loud", false));
        })
        .when(&disable("other words"))
        .then_nothing()
        .after
        .when(&enable)
        .then([EventKind::SubscriberEnabled])
        .so(|tenant| assert_eq!(tenant.subscribers().get(KITCHEN).unwrap().disabled, None));
}
