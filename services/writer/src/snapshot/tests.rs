//! A snapshot is read whole as it was written, or not at all.

use events::{
    Actor, CreatedTenant, Digest, EmployeeId, Envelope, ErasedUser, Event, EventId, Recorded, Seq,
    TenantId,
};
use roster::evolve;
use uuid::Uuid;

use super::*;

/// A roster after `count` tenants were made.
fn roster(count: u64) -> Roster {
    let mut roster = Roster::default();
    for seq in 1..=count {
        let tenant: events::Tenant = format!("tenant-{seq}").parse().unwrap();
        let digest = Digest::of(&seq.to_be_bytes());
        let made = CreatedTenant { tenant_id: TenantId(Uuid::nil()), slug: tenant.clone() };
        let recorded = Recorded {
            seq: Seq(seq),
            envelope: Envelope {
                id: EventId(Uuid::from_u128(seq.into())),
                tenant,
                time: jiff::Timestamp::UNIX_EPOCH,
                actor: Actor::operator(),
                request: None,
                trace_parent: None,
            },
            event: Event::TenantCreated(made),
            digest,
            chain: roster.position().chain.then(digest),
            commit: true,
        };
        evolve(&mut roster, &recorded);
    }
    roster
}

#[test]
fn what_was_written_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("roster");
    for count in [3, 1, 200] {
        write(&path, &roster(count), &AtomicBool::new(false)).unwrap();
        assert_eq!(read(&path).unwrap(), roster(count));
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_save_for_which_there_is_no_time_leaves_the_snapshot_before() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("roster");
    write(&path, &roster(3), &AtomicBool::new(false)).unwrap();
    let error = write(&path, &roster(200), &AtomicBool::new(true)).unwrap_err();
    assert!(error.to_string().contains("no time"), "{error}");
    assert_eq!(read(&path).unwrap(), roster(3));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_snapshot_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("roster");
    write(&path, &roster(1), &AtomicBool::new(false)).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn one_wrong_byte_anywhere_makes_a_snapshot_useless() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("roster");
    write(&path, &roster(2), &AtomicBool::new(false)).unwrap();
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(&path, damaged).unwrap();
        let bad = read(&path).unwrap_err();
        let expected = matches!(bad, BadSnapshot::Damaged | BadSnapshot::OtherRules);
        assert!(expected, "byte {at}: {bad:?}");
    }
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(read(&path).is_err(), "cut off at {length}");
    }
}

#[tokio::test]
async fn without_a_file_there_is_no_snapshot_and_no_fault() {
    let dir = tempfile::tempdir().unwrap();
    assert!(load(dir.path().join("none")).await.unwrap().is_none());
}

#[tokio::test]
async fn the_roster_is_saved_when_the_desk_has_closed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("roster");
    let shared = Arc::new(ArcSwap::from_pointee(Roster::default()));
    let position = watch::Sender::new(Position::START);
    let kept = tokio::spawn(keep(path.clone(), Arc::clone(&shared), position.subscribe(), Seq(0)));
    shared.store(Arc::new(roster(5)));
    drop(position);
    kept.await.unwrap();
    assert_eq!(load(path).await.unwrap(), Some(roster(5)));
}

/// The same roster after somebody was erased.
fn with_an_erasure(mut roster: Roster) -> Roster {
    let seq = roster.position().seq.next();
    let digest = Digest::of(b"erased");
    let erased = ErasedUser {
        employee_id: EmployeeId(Uuid::nil()),
        resources: vec![],
        teams: vec![],
        bookings: vec![],
        events: vec![],
    };
    let recorded = Recorded {
        seq,
        envelope: Envelope {
            id: EventId(Uuid::from_u128(seq.0.into())),
            tenant: "tenant-1".parse().unwrap(),
            time: jiff::Timestamp::UNIX_EPOCH,
            actor: Actor::operator(),
            request: None,
            trace_parent: None,
        },
        event: Event::UserErased(erased),
        digest,
        chain: roster.position().chain.then(digest),
        commit: true,
    };
    evolve(&mut roster, &recorded);
    roster
}

#[tokio::test]
async fn a_snapshot_that_shows_who_was_erased_is_replaced_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("roster");
    write(&path, &roster(5), &AtomicBool::new(false)).unwrap();
    let erased = with_an_erasure(roster(5));
    let shared = Arc::new(ArcSwap::from_pointee(erased.clone()));
    let position = watch::Sender::new(erased.position());
    let kept = tokio::spawn(keep(path.clone(), shared, position.subscribe(), Seq(5)));
    // At a start, too: the erasure was read behind the snapshot.
    while load(path.clone()).await.unwrap() != Some(erased.clone()) {
        tokio::task::yield_now().await;
    }
    drop(position);
    kept.await.unwrap();
}

#[test]
fn where_a_snapshot_stands_is_known_without_reading_it_and_whoever_wrote_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("roster");
    assert_eq!(position(&path), None, "there is no snapshot");
    write(&path, &roster(7), &AtomicBool::new(false)).unwrap();
    assert_eq!(position(&path), Some(roster(7).position()));
    // Another release has other rules, and what follows is not looked at.
    let text = fs::read(&path).unwrap();
    let lines: Vec<&[u8]> = text.splitn(3, |byte| *byte == b'\n').collect();
    let other = [KIND.as_bytes(), b"other rules\n", lines[1], b"\nnonsense"].concat();
    fs::write(&path, other).unwrap();
    assert_eq!(position(&path), Some(roster(7).position()));
    // A damaged head is no evidence.
    for at in 0..lines[1].len() {
        let mut damaged = text.clone();
        damaged[lines[0].len() + 1 + at] ^= 1;
        fs::write(&path, damaged).unwrap();
        assert_eq!(position(&path), None, "byte {at} of the second line");
        assert!(matches!(read(&path), Err(BadSnapshot::Damaged)), "byte {at}");
    }
}
