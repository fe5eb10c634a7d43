//! Reading a part of the log.

use std::pin::pin;

use eventlog::{Log, Selection, Since, clock, ids, seal};
use events::{Entity, Event, IntegrationId, OwnTeam, Position, Recorded, Seq, TeamId};
use futures_util::TryStreamExt;

use kit::log_writer::{envelope, take, team_created};
use kit::servers::{log, nats, until};

/// So many events of nearly a megabyte are far more than a server holds for a reader.
const LARGE: u64 = 110;

/// Six events: of two tenants in turn, of two entities, dated by the log as it goes.
async fn written(log: &Log) -> Vec<Recorded> {
    let mut position = Position::START;
    let mut said = Vec::new();
    for tenant in ["acme", "initech", "acme", "initech", "acme", "initech"] {
        let deactivated =
            events::DeactivatedIntegration { integration_id: IntegrationId(ids::uuid_v7()) };
        let event = if said.len() < 3 {
            team_created()
        } else {
            Event::IntegrationDeactivated(deactivated)
        };
        let (sealed, recorded) = seal(position, true, envelope(tenant), event).expect("is known");
        log.append(position, &[sealed]).await.expect("append to the log");
        position = recorded.position();
        said.push(recorded);
        // So that no two events fall on one moment.
        let now = clock::now();
        until("time has passed", || async { clock::now() > now }).await;
    }
    said
}

async fn seqs(log: &Log, selection: Selection) -> Vec<u64> {
    let entries: Vec<_> = log.select(selection).try_collect().await.expect("the log can be read");
    entries.iter().map(|entry| entry.seq.0).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_has_all_that_it_names_and_ends() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    assert_eq!(seqs(&log, Selection::default()).await, [0; 0]);
    let said = written(&log).await;
    let all = Selection::default;
    assert_eq!(seqs(&log, all()).await, [1, 2, 3, 4, 5, 6]);
    let acme = Some("acme".parse().unwrap());
    assert_eq!(seqs(&log, Selection { tenant: acme, ..all() }).await, [1, 3, 5]);
    let entity = Some(Entity::Team);
    assert_eq!(seqs(&log, Selection { entity, ..all() }).await, [1, 2, 3]);
    let fact = Some("deactivated".to_owned());
    assert_eq!(seqs(&log, Selection { fact, ..all() }).await, [4, 5, 6]);
    let Event::TeamCreated(team) = &said[1].event else { panic!("the second is a team") };
    let id = Some(team.team_id.0);
    assert_eq!(seqs(&log, Selection { id, ..all() }).await, [2]);
    let nobody = Some("hooli".parse().unwrap());
    assert_eq!(seqs(&log, Selection { tenant: nobody, ..all() }).await, [0; 0]);
    let since = Since::Seq(Seq(4));
    assert_eq!(seqs(&log, Selection { since, ..all() }).await, [4, 5, 6]);
    let since = Since::Time(said[4].envelope.time);
    assert_eq!(seqs(&log, Selection { since, ..all() }).await, [5, 6]);
    let since = Since::Seq(Seq(40));
    assert_eq!(seqs(&log, Selection { since, ..all() }).await, [0; 0]);
}

/// A server cuts off whoever has more than 64 MiB to read.
#[tokio::test(flavor = "multi_thread")]
async fn large_events_come_no_faster_than_they_are_read() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    let mut position = Position::START;
    for _ in 0..LARGE {
        let team = OwnTeam { team_id: TeamId(ids::uuid_v7()), name: "x".repeat(900_000) };
        let event = Event::TeamCreated(team);
        let (sealed, recorded) = seal(position, true, envelope("acme"), event).expect("is known");
        log.append(position, &[sealed]).await.expect("append to the log");
        position = recorded.position();
    }
    let expected: Vec<u64> = (1..=LARGE).collect();
    assert_eq!(seqs(&log, Selection::default()).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_selection_goes_on() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    let tenant = Some("initech".parse().unwrap());
    let mut entries = pin!(log.select(Selection { tenant, live: true, ..Selection::default() }));
    let (taken, said) = tokio::join!(take(&mut entries, 3), written(&log));
    let initech: Vec<_> =
        said.into_iter().filter(|event| event.tenant().as_str() == "initech").collect();
    assert_eq!(taken, initech);
}
