//! Parts of a tenant's feed, as a reset or a replay is planned: from where to where, and how many events.

use std::str::FromStr;

use eventlog::{Entry, Feed, ReadError};
use events::{Tenant, parse_timestamp};
use feed::header;
use jiff::Timestamp;

use crate::places::{last_where, number_of, place_of};

/// How many messages are read at a time.
const AT_A_TIME: usize = 500;

/// A place in a tenant's feed, as somebody names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Before its first event.
    Beginning,
    /// Behind its last event.
    End,
    /// At the event with this `ce-sequence`.
    Number(u64),
    /// At this moment.
    At(Timestamp),
}

/// A text that names no place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no place in the feed; say `beginning`, `end`, a ce-sequence, or a time such as \
     2026-03-01T08:00:00Z"
)]
pub struct BadBound(String);

impl FromStr for Bound {
    type Err = BadBound;

    fn from_str(text: &str) -> Result<Self, BadBound> {
        match text {
            "beginning" => Ok(Self::Beginning),
            "end" => Ok(Self::End),
            "" => Err(BadBound(String::new())),
            number if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                number.parse().map(Self::Number).map_err(|_| BadBound(text.to_owned()))
            }
            time => {
                let bad = || BadBound(text.chars().take(64).collect());
                parse_timestamp(time).map(Self::At).map_err(|_| bad())
            }
        }
    }
}

/// A part of a tenant's feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The `ce-sequence` behind which it begins.
    pub after: u64,
    /// That of its last event; that before its first if it has none.
    pub through: u64,
    /// How many events of it are wanted.
    pub events: u64,
    /// When the first of these happened.
    pub first_at: Option<Timestamp>,
    /// When the last of these happened.
    pub last_at: Option<Timestamp>,
    /// The last `ce-sequence` of all.
    pub end: u64,
    /// The `ce-sequence` of the first event that was too much, if there was one: the part ends before it.
    pub too_much: Option<u64>,
}

/// How much a part may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most {
    /// So many events that are wanted.
    pub wanted: u64,
    /// So many events in all.
    pub events: u64,
}

impl Most {
    /// As much as there is.
    pub const ALL: Self = Self { wanted: u64::MAX, events: u64::MAX };
}

/// The `ce-sequence` behind which what begins at a place begins.
pub async fn behind(feed: &Feed, tenant: &Tenant, bound: Bound) -> Result<u64, ReadError> {
    let before = |entry: Option<Entry>| entry.as_ref().map_or(0, number_of);
    match bound {
        Bound::Beginning => Ok(0),
        Bound::Number(number) => Ok(number.saturating_sub(1).min(end(feed, tenant).await?)),
        Bound::End => end(feed, tenant).await,
        Bound::At(time) => {
            let is_earlier = |entry: &Entry| at(entry).is_some_and(|at| at < time);
            Ok(before(last_where(feed, tenant, is_earlier).await?))
        }
    }
}

/// The part from one place up to another, that one included, and what of it is wanted: by entity, by the id of
/// what an event is about, and by fact. It ends with the last event that is wanted.
pub async fn part(
    feed: &Feed,
    tenant: &Tenant,
    (from, to): (Bound, Bound),
    most: Most,
    wants: impl Fn(&str, &str, &str) -> bool,
) -> Result<Part, ReadError> {
    let after = behind(feed, tenant, from).await?;
    let mut part = Part { after, through: after, ..Part::default() };
    part.end = end(feed, tenant).await?;
    let is_within = |entry: &Entry| match to {
        Bound::Beginning => false,
        Bound::End => true,
        Bound::Number(number) => number_of(entry) <= number,
        Bound::At(time) => at(entry).is_none_or(|at| at <= time),
    };
    let mut place = place_of(feed, tenant, after).await?;
    loop {
        let page = feed.page(tenant, place, AT_A_TIME, 0).await?;
        if page.entries.is_empty() {
            return Ok(part);
        }
        for entry in &page.entries {
            let number = number_of(entry);
            if !is_within(entry) || number > part.end {
                return Ok(part);
            }
            let Some((entity, about, fact)) = said(entry.subject()) else { continue };
            let is_wanted = entity != "subscriber" && wants(entity, about, fact);
            if number.saturating_sub(after) > most.events || is_wanted && part.events == most.wanted
            {
                part.too_much = Some(number);
                return Ok(part);
            }
            if is_wanted {
                part.events += 1;
                part.through = number;
                part.first_at = part.first_at.or_else(|| at(entry));
                part.last_at = at(entry);
            }
        }
        place = page.through;
    }
}

/// The last number of a tenant's events.
pub async fn end(feed: &Feed, tenant: &Tenant) -> Result<u64, ReadError> {
    Ok(feed.last(Some(tenant)).await?.as_ref().map_or(0, number_of))
}

/// Where a place in the stream is for the tenant: the number of its last event up to there, and when the next
/// one happened, if there is one.
pub async fn stand(
    feed: &Feed,
    tenant: &Tenant,
    position: u64,
) -> Result<(u64, Option<Timestamp>), ReadError> {
    let page = feed.page(tenant, position, 1, 0).await?;
    match page.entries.first() {
        None => Ok((end(feed, tenant).await?, None)),
        // A test has the number of the event before it.
        Some(next) if next.subject().contains(".subscriber.") => Ok((number_of(next), None)),
        Some(next) => Ok((number_of(next).saturating_sub(1), at(next))),
    }
}

fn at(entry: &Entry) -> Option<Timestamp> {
    entry.header(header::TIME)?.parse().ok()
}

/// Entity, id and fact of a subject, which may have the name of another log than the default one in front.
fn said(subject: &str) -> Option<(&str, &str, &str)> {
    let mut tokens = subject.split('.').skip_while(|token| *token != "feed").skip(2);
    Some((tokens.next()?, tokens.next()?, tokens.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_end_a_number_or_a_time() {
        let time = "2026-03-01T08:00:00Z";
        for (text, bound) in [
            ("beginning", Bound::Beginning),
            ("end", Bound::End),
            ("41200", Bound::Number(41200)),
            (time, Bound::At(time.parse().unwrap())),
        ] {
            assert_eq!(text.parse(), Ok(bound), "{text}");
        }
        for bad in ["", "now", "-1", "2026-03-41", "99999999999999999999999"] {
            let error = bad.parse::<Bound>().unwrap_err().to_string();
            assert!(error.contains("beginning") && error.contains("ce-sequence"), "{error}");
        }
    }

    #[test]
    fn a_subject_says_of_what_it_is_and_what() {
        assert_eq!(said("feed.acme.team.7.changed"), Some(("team", "7", "changed")));
        assert_eq!(said("trial.feed.acme.team.7.changed"), Some(("team", "7", "changed")));
        assert_eq!(said("feed.acme"), None);
    }
}
