//! What a large tenant costs: bytes for each person, and the time of what must stay quick.
//!
//! `cargo run --release -p roster --example size`
#![expect(clippy::print_stdout, reason = "this program prints what it measured")]
#![expect(clippy::disallowed_macros, clippy::disallowed_types, reason = "a program, no rule")]
#![expect(clippy::disallowed_methods, reason = "and it measures time, which no rule may know")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use events::{
    Actor, AlertId, Chain, Digest, Envelope, Event, EventId, ExternalId, GroupProfile, Profile,
    Recorded, ResourceId, TeamId, Tenant, TenantId,
};
use jiff::Timestamp;
use roster::{Intent, MemberChange, Occasion, Roster, decide, evolve};
use serde_json::{Map, json};
use uuid::Uuid;

const PEOPLE: u32 = 100_000;
/// In how many groups each person is.
const GROUPS_EACH: u32 = 3;

fn main() {
    let tenant: Tenant = "acme".parse().expect("a slug");
    let mut roster = Roster::default();
    tell(&mut roster, &tenant, &Intent::NewTenant { tenant: TenantId(id(0)) });

    let before = resident_bytes();
    let started = Instant::now();
    for n in 1..=PEOPLE.into() {
        tell(&mut roster, &tenant, &person(n));
    }
    let took = started.elapsed();
    let resident = resident_bytes() - before;
    println!("{} bytes a person", resident / PEOPLE as usize);
    println!("{:?} to decide on a person and take them in", took / PEOPLE);

    let before = resident_bytes();
    let groups = PEOPLE * GROUPS_EACH / 10_000;
    for n in 0..groups.into() {
        let first = n * 10_000 % u128::from(PEOPLE);
        let members = (first + 1..=first + 10_000).map(|n| id(n).to_string()).collect();
        let profile = group_profile(&format!("Group {n}"));
        tell(&mut roster, &tenant, &Intent::NewGroup { team: team(n), profile, members });
    }
    let resident = resident_bytes() - before;
    println!("{} bytes a membership", resident / (PEOPLE * GROUPS_EACH) as usize);

    let small = team(groups.into());
    let members = (1..=10).map(|n| id(n).to_string()).collect();
    let profile = group_profile("Small");
    tell(&mut roster, &tenant, &Intent::NewGroup { team: small, profile, members });
    for (team, name, size) in [(small, "Small", "10"), (team(0), "Group 0", "10,000")] {
        let add = |n| Intent::Group {
            team,
            profile: group_profile(name),
            members: vec![MemberChange::Add(vec![id(n).to_string()])],
        };
        let took = median(|n| {
            // Readers hold on to the roster as it was, as they do in a running gateway.
            let held = roster.clone();
            tell(&mut roster, &tenant, &add(50_000 + n));
            drop(held);
        });
        println!("{took:?} to add a member to a group of {size}");
    }

    let people = roster.tenant(&tenant).expect("the tenant").people();
    let took = median(|_| {
        for person in people.skipping(90_000).take(100) {
            black_box(person.profile());
        }
    });
    println!("{took:?} for a page of 100, profiles read, at 90,000");
    let took = median(|n| {
        black_box(people.by_user_name(&format!("Person.{n}@Example.ORG")).expect("somebody"));
    });
    println!("{took:?} to find a user name");
}

fn person(n: u128) -> Intent {
    let attributes = json!({
        "displayName": format!("Given Family {n}"),
        "name": { "givenName": "Given", "familyName": format!("Family {n}") },
        "title": "Senior Accountant",
        "preferredLanguage": "en-GB",
        "emails": [{ "type": "work", "primary": true, "value": format!("person.{n}@example.org") }],
        "phoneNumbers": [{ "type": "mobile", "value": format!("+44 20 {n:08}") }],
        "addresses": [{ "type": "work", "locality": "London", "country": "GB" }],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "employeeNumber": n.to_string(),
            "department": "Finance",
            "manager": { "value": id(1).to_string() },
        },
    });
    let profile = Profile {
        user_name: format!("person.{n}@example.org").parse().expect("a user name"),
        external_id: Some(ExternalId(id(n).to_string())),
        attributes: attributes.as_object().expect("an object").clone(),
    };
    Intent::NewUser { resource: ResourceId(id(n)), profile, active: true }
}

fn group_profile(name: &str) -> GroupProfile {
    GroupProfile { display_name: name.to_owned(), external_id: None, attributes: Map::new() }
}

fn tell(roster: &mut Roster, tenant: &Tenant, intent: &Intent) {
    let occasion = Occasion { now: Timestamp::UNIX_EPOCH, alert: AlertId(id(0)) };
    for event in decide(roster, tenant, intent, occasion).expect("no refusal") {
        let recorded = recorded(roster, tenant, event);
        evolve(roster, &recorded);
    }
}

fn recorded(roster: &Roster, tenant: &Tenant, event: Event) -> Recorded {
    let seq = roster.position().seq.next();
    Recorded {
        seq,
        envelope: Envelope {
            id: EventId(id(seq.0.into())),
            tenant: tenant.clone(),
            time: Timestamp::UNIX_EPOCH,
            actor: Actor::operator(),
            request: None,
            trace_parent: None,
        },
        event,
        digest: Digest([0; 32]),
        chain: Chain::START,
        commit: true,
    }
}

/// An id in order of creation, spread like those of version 7.
fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + (n << 64))
}

fn team(n: u128) -> TeamId {
    TeamId(Uuid::from_u128(n))
}

fn median(mut work: impl FnMut(u128)) -> Duration {
    let mut times: Vec<Duration> = (1..=999)
        .map(|n| {
            let started = Instant::now();
            work(n);
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// What the kernel counts as ours; the second number, in pages (proc(5)).
fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("a Linux machine");
    let pages = statm.split(' ').nth(1).expect("a second number");
    pages.parse::<usize>().expect("a number") * 4096
}
