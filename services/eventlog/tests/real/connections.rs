//! No reader's load is in the way of those who append.

use eventlog::{ids, seal};
use events::{Event, OwnTeam, Position, TeamId};

use kit::log_writer::{envelope, take};
use kit::servers::{Proxy, log, nats};

/// So many readers asked for more than a server keeps for one connection.
const READERS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_take_nothing_do_not_disturb_appends() {
    let nats = nats().await;
    let proxy = Proxy::before(&nats.url()).await;
    let log = log(&proxy.url).await;
    let mut position = Position::START;
    let mut append = async |count: usize| {
        for _ in 0..count {
            let name = "x".repeat(900 << 10);
            let event = Event::TeamCreated(OwnTeam { team_id: TeamId(ids::uuid_v7()), name });
            let (sealed, recorded) =
                seal(position, true, envelope("acme"), event).expect("is known");
            log.append(position, &[sealed]).await.expect("an append is taken");
            position = recorded.position();
        }
    };
    append(60).await;
    let mut readers: Vec<_> = (0..READERS).map(|_| Box::pin(log.follow(Position::START))).collect();
    for reader in &mut readers {
        take(reader, 1).await;
    }
    assert_eq!(proxy.connections(), 1 + READERS, "a reader shares a connection");
    proxy.stall_all_but_the_first(true);
    append(20).await;
    assert!(log.is_connected());
    proxy.stall_all_but_the_first(false);
    for reader in &mut readers {
        take(reader, 79).await;
    }
}
