//! One event of the feed, as a webhook has it.

use events::{ReplayId, Tenant};
use feed::{NotAnEvent, cloud_event, header};
use jiff::Timestamp;

use crate::webhooks::Lane;

/// One event of the feed. Its body is made once, for all who get it.
#[derive(Debug)]
pub(crate) struct Item {
    /// Whose it is.
    pub(crate) tenant: Tenant,
    /// Its position in the feed.
    pub(crate) position: u64,
    /// Its id.
    pub(crate) id: String,
    /// Whom or what it is about.
    pub(crate) lane: Lane,
    /// What kind of thing that is.
    pub(crate) entity: String,
    /// What it says.
    pub(crate) fact: String,
    /// When it happened.
    pub(crate) at: Timestamp,
    /// The whole of it, a `CloudEvent` in JSON.
    pub(crate) body: Vec<u8>,
}

/// Why a message of the feed cannot be delivered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadItem {
    /// It is no event.
    #[error(transparent)]
    NotAnEvent(#[from] NotAnEvent),
    /// Its subject is none of the feed's.
    #[error("the message's subject is not feed.<tenant>.<entity>.<id>.<fact>")]
    Subject,
    /// Its time is none.
    #[error("the message's time is none")]
    Time,
}

impl Item {
    /// Reads a message of the feed.
    pub(crate) fn read<'h>(
        position: u64,
        subject: &str,
        header_of: impl Fn(&'static str) -> Option<&'h str>,
        body: &[u8],
    ) -> Result<Self, BadItem> {
        // The feed of another log than the default one has that log's name in front.
        let mut tokens = subject.split('.').skip_while(|token| *token != "feed").skip(1);
        let mut token = || tokens.next().ok_or(BadItem::Subject);
        let tenant = token()?.parse().map_err(|_| BadItem::Subject)?;
        let (entity, about, fact) = (token()?.to_owned(), token()?, token()?.to_owned());
        let lane = format!("{entity}.{about}").as_str().into();
        let id = header_of(header::ID).ok_or(NotAnEvent::NoHeader(header::ID))?.to_owned();
        let time = header_of(header::TIME).and_then(|text| text.parse().ok());
        let at = time.ok_or(BadItem::Time)?;
        let event = serde_json::Value::Object(cloud_event(header_of, body)?);
        Ok(Self {
            tenant,
            position,
            id,
            lane,
            entity,
            fact,
            at,
            body: event.to_string().into_bytes(),
        })
    }

    /// The id of whom or what it is about.
    pub(crate) fn about(&self) -> &str {
        self.lane.as_ref().split_once('.').map_or("", |(_, about)| about)
    }

    /// The whole of it, marked as a part of a replay: `replayid` is an extension attribute.
    pub(crate) fn replayed(&self, replay: ReplayId) -> Vec<u8> {
        let rest = self.body.strip_prefix(b"{").unwrap_or_default();
        let mut body = format!(r#"{{"{}":"{replay}","#, header::REPLAY_ATTRIBUTE).into_bytes();
        body.extend_from_slice(rest);
        body
    }

    /// How much memory it takes, about.
    pub(crate) fn size(&self) -> usize {
        size_of::<Self>() + self.body.len() + 256
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str) -> Option<&'static str> {
        Some(match name {
            header::SPEC_VERSION => "1.0",
            header::ID => "0192c0de-0000-8000-8000-000000000001",
            header::SOURCE => "/rollcall/acme",
            header::TYPE => "rollcall.employee.left",
            header::TIME => "2026-03-02T08:00:00Z",
            header::SUBJECT => "0192c0de-0000-7000-8000-000000000002",
            header::CONTENT_TYPE => "application/json",
            header::SCHEMA => "https://schemas.example/employee.left.1.json",
            header::SEQUENCE => "00000000000000000007",
            header::ACTOR => "operator",
            _ => return None,
        })
    }

    #[test]
    fn an_event_is_one_object_of_json() {
        let subject = "feed.acme.employee.0192c0de-0000-7000-8000-000000000002.left";
        let item = Item::read(9, subject, headers, br#"{"standing":"former"}"#).unwrap();
        assert_eq!(item.lane.as_ref(), "employee.0192c0de-0000-7000-8000-000000000002");
        assert_eq!((item.entity.as_str(), item.fact.as_str()), ("employee", "left"));
        let event: serde_json::Value = serde_json::from_slice(&item.body).unwrap();
        assert_eq!(event["type"], "rollcall.employee.left");
        assert_eq!(event["data"]["standing"], "former");
    }

    #[test]
    fn what_is_replayed_is_the_same_event_with_a_mark() {
        let subject = "feed.acme.employee.0192c0de-0000-7000-8000-000000000002.left";
        let item = Item::read(9, subject, headers, br#"{"standing":"former"}"#).unwrap();
        let replay = ReplayId(uuid::Uuid::from_u128(7));
        let mut event: serde_json::Value = serde_json::from_slice(&item.replayed(replay)).unwrap();
        let mark = event.as_object_mut().unwrap().remove("replayid");
        assert_eq!(mark, Some(replay.to_string().into()));
        assert_eq!(event, serde_json::from_slice::<serde_json::Value>(&item.body).unwrap());
        assert_eq!(item.about(), "0192c0de-0000-7000-8000-000000000002");
    }

    #[test]
    fn what_is_no_event_is_refused() {
        let read = Item::read(9, "feed.acme", headers, b"{}");
        assert!(matches!(read, Err(BadItem::Subject)), "{read:?}");
        let read = Item::read(9, "feed.acme.employee.1.left", |_| None, b"{}");
        assert!(matches!(read, Err(BadItem::NotAnEvent(_))), "{read:?}");
    }
}
