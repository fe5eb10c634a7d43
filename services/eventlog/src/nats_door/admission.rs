//! Who wants to come in, and what whoever came in may do.

use events::{Digest, SecretId};
use serde::Serialize;
use serde_json::{Value, json};

use crate::stream_name::StreamName;
use crate::{SUBSCRIBER_API_PREFIX, replay_consumer};

/// For how long somebody is let in. Whoever is still connected then is asked anew, by reconnecting; so a
/// withdrawn secret ends even where nobody could cut the connection.
const VALID_SECONDS: i64 = 3600;
/// How many subscriptions one connection may have.
const MAX_SUBSCRIPTIONS: i64 = 64;
/// What a subscriber sends is short: requests for events, and acknowledgements.
const MAX_PAYLOAD: i64 = 4096;
/// The account of subscribers in nats-server's settings.
const ACCOUNT: &str = "SUBSCRIBERS";
/// What separates the user from the secret in the name of a connection.
const BETWEEN: char = '/';

/// Somebody who wants to come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// As whom.
    pub user: String,
    /// The digest of the password that was shown.
    pub digest: Digest,
}

/// Somebody who may come in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Admitted {
    /// The user, which is also the name of the one consumer that it may use.
    pub user: String,
    /// By which secret.
    pub secret: SecretId,
}

/// What becomes of somebody who wants to come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They may.
    Admit(Admitted),
    /// They may not.
    Refuse,
    /// The processes of another stream decide: this one keeps silent.
    LeaveToOthers,
}

impl Admitted {
    /// How its connections are called in nats-server's list: after the log as well, so that the
    /// processes of each cut off none of another's.
    pub(super) fn name(&self, log: &StreamName) -> String {
        log.stored_with(BETWEEN, &format!("{}{BETWEEN}{}", self.user, self.secret))
    }

    /// Who of a log's subscribers has connections of this name.
    pub(super) fn named(name: &str, log: &StreamName) -> Option<Self> {
        let (user, secret) = log.without(BETWEEN, name)?.split_once(BETWEEN)?;
        Some(Self { user: user.to_owned(), secret: secret.parse().ok()? })
    }

    /// What nats-server is told of it: that it may fetch from its consumer, ask how far that is, and
    /// acknowledge, and hear the answers.
    pub(super) fn claims(
        &self,
        issuer: &str,
        nkey: &str,
        now: i64,
        log: &StreamName,
    ) -> impl Serialize + use<> {
        let (Self { user, .. }, feed) = (self, log.beside(crate::feed::BASE));
        let consumers = [user.clone(), replay_consumer(user)];
        let may = consumers.iter().flat_map(|consumer| {
            let api = |what| format!("{SUBSCRIBER_API_PREFIX}.CONSUMER.{what}.{feed}.{consumer}");
            [api("MSG.NEXT"), api("INFO"), format!("$JS.ACK.{feed}.{consumer}.>")]
        });
        let may: Vec<_> = may.collect();
        claims(
            issuer,
            nkey,
            ACCOUNT,
            now,
            &json!({
                "type": "user",
                "version": 2,
                "subs": MAX_SUBSCRIPTIONS,
                "data": -1,
                "payload": MAX_PAYLOAD,
                "pub": { "allow": may },
                "sub": { "allow": [format!("_INBOX_{user}.>")] },
            }),
            Some(&self.name(log)),
        )
    }
}

/// The answer to nats-server: the token of whoever may come in, or why nobody may.
pub(super) fn answer(
    issuer: &str,
    nkey: &str,
    server: &str,
    now: i64,
    token: Result<String, &str>,
) -> impl Serialize + use<> {
    let mut body = json!({ "type": "authorization_response", "version": 2 });
    match token {
        Ok(token) => body["jwt"] = token.into(),
        Err(why) => body["error"] = why.into(),
    }
    claims(issuer, nkey, server, now, &body, None)
}

fn claims(
    issuer: &str,
    subject: &str,
    audience: &str,
    now: i64,
    nats: &Value,
    name: Option<&str>,
) -> Value {
    let mut claims = json!({
        "jti": crate::ids::uuid_v7().to_string(),
        "iat": now,
        "iss": issuer,
        "sub": subject,
        "aud": audience,
        "nats": nats,
    });
    if let Some(name) = name {
        claims["name"] = name.into();
        claims["exp"] = (now + VALID_SECONDS).into();
    }
    claims
}

#[cfg(test)]
mod tests {
    use events::SecretId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn subscribers_of_one_log_are_strangers_to_another() {
        let admitted = Admitted { user: "acme_kitchen".to_owned(), secret: SecretId(Uuid::nil()) };
        let (first, east) = (StreamName::default(), "EAST".parse().unwrap());
        let claims = serde_json::to_value(admitted.claims("AISSUER", "UKEY", 1000, &east)).unwrap();
        assert_eq!(
            claims["nats"]["pub"]["allow"][0],
            "ROLLCALL.API.CONSUMER.MSG.NEXT.FEED_EAST.acme_kitchen"
        );
        for (own, other) in [(&first, &east), (&east, &first)] {
            let name = admitted.name(own);
            assert_eq!(Admitted::named(&name, own), Some(admitted.clone()));
            assert_eq!(Admitted::named(&name, other), None, "{name}");
        }
    }

    #[test]
    fn whoever_comes_in_may_use_its_two_consumers_and_nothing_else() {
        let admitted = Admitted { user: "acme_kitchen".to_owned(), secret: SecretId(Uuid::nil()) };
        let log = StreamName::default();
        let claims = serde_json::to_value(admitted.claims("AISSUER", "UKEY", 1000, &log)).unwrap();
        assert_eq!(
            claims["nats"]["pub"],
            json!({ "allow": [
            "ROLLCALL.API.CONSUMER.MSG.NEXT.FEED.acme_kitchen",
            "ROLLCALL.API.CONSUMER.INFO.FEED.acme_kitchen",
            "$JS.ACK.FEED.acme_kitchen.>",
            "ROLLCALL.API.CONSUMER.MSG.NEXT.FEED.acme_kitchen_replay",
            "ROLLCALL.API.CONSUMER.INFO.FEED.acme_kitchen_replay",
            "$JS.ACK.FEED.acme_kitchen_replay.>",
        ] })
        );
        assert_eq!(claims["nats"]["sub"], json!({ "allow": ["_INBOX_acme_kitchen.>"] }));
        assert_eq!((&claims["aud"], &claims["exp"]), (&json!("SUBSCRIBERS"), &json!(4600)));
        let name = claims["name"].as_str().unwrap();
        assert_eq!(Admitted::named(name, &log), Some(admitted));
        assert_eq!(Admitted::named("ingest", &log), None);
    }
}
