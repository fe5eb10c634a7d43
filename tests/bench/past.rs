//! A long past: a log to start from and to replay.

use std::path::Path;
use std::pin::pin;
use std::time::{Duration, Instant};

use embedded::Nats;
use eventlog::{Log, LogOptions, ids};
use events::{CreatedTenant, Event, Position, Seq, TenantId};
use futures_util::StreamExt as _;
use uuid::Uuid;

use crate::facts;
use crate::load::per_second;
use crate::people::{Person, hired};
use crate::program::TENANT;
use crate::table::{heading, number, say};
use crate::writer::Writer;

/// A log, and what it tells.
pub(crate) struct Past {
    pub(crate) nats: Nats,
    pub(crate) end: Seq,
    /// The limit of all who read it: to read it, and check its chain.
    pub(crate) reading: Duration,
    pub(crate) told: Told,
    pub(crate) people: Vec<Person>,
    pub(crate) groups: Vec<Uuid>,
}

/// How many of each event a log has.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) people: usize,
    pub(crate) groups: usize,
    pub(crate) changes: usize,
    pub(crate) memberships: usize,
    pub(crate) bookings: usize,
}

impl Past {
    /// Writes so many events. A tenth are people who join; of what happens to them then, half are
    /// changed names, a third new members of one group each, and the rest bookings.
    pub(crate) async fn write(dir: &Path, events: usize) -> anyhow::Result<Self> {
        heading(&format!("A log of {} events", number(events)));
        let nats = Nats::start(dir)?;
        let people = hired(events / 10);
        let groups: Vec<Uuid> = (0..events / 1000).map(|_| ids::uuid_v7()).collect();
        let mut told = Told { people: people.len(), groups: groups.len(), ..Told::default() };
        let mut writer = Writer::open(&nats.url(), TENANT).await?;
        let started = Instant::now();
        let slug = TENANT.parse()?;
        let tenant = CreatedTenant { tenant_id: TenantId(ids::uuid_v7()), slug };
        writer.write([Event::TenantCreated(tenant)]).await?;
        writer.write(people.iter().map(facts::joined)).await?;
        let formed = |(number, group): (usize, &Uuid)| {
            facts::group_formed(*group, format!("Old team {number}"))
        };
        writer.write(groups.iter().enumerate().map(formed)).await?;
        let before = 1 + people.len() + groups.len();
        writer.write((before..events).map(|_| told.next(&people, &groups))).await?;
        say(&format!("→ written at {:.0}/s", per_second(events, started.elapsed())));
        let end = writer.end();
        let reading = reading(&nats, end).await?;
        say(&format!("→ read at {:.0}/s, the chain checked", per_second(events, reading)));
        Ok(Self { nats, end, reading, told, people, groups })
    }

    pub(crate) fn events(&self) -> usize {
        let Told { people, groups, changes, memberships, bookings } = self.told;
        1 + people + groups + changes + memberships + bookings
    }
}

impl Told {
    /// What happens next.
    fn next(&mut self, people: &[Person], groups: &[Uuid]) -> Event {
        let number = self.changes + self.memberships + self.bookings;
        // A prime apart, so that neighbours in time are none in memory.
        let person = &people[number * 7919 % people.len()];
        match number % 6 {
            0 | 2 | 4 => {
                self.changes += 1;
                facts::renamed(person, format!("Renamed {number}"))
            }
            1 | 3 => {
                let turn = self.memberships;
                self.memberships += 1;
                let person = turn % people.len();
                // Nobody comes to the same group twice.
                let group = groups[(turn + turn / people.len()) % groups.len()];
                facts::member_added(group, &people[person])
            }
            _ => {
                self.bookings += 1;
                facts::booked(person, number)
            }
        }
    }
}

async fn reading(nats: &Nats, end: Seq) -> anyhow::Result<Duration> {
    let log = Log::open(&nats.url(), LogOptions::default()).await?;
    let asked = Instant::now();
    let mut entries = pin!(log.follow(Position::START));
    while let Some(entry) = entries.next().await {
        if entry?.seq >= end {
            break;
        }
    }
    Ok(asked.elapsed())
}
