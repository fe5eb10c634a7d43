//! A backup is made while everything runs, and what is restored from it is the log that was backed
//! up, less what was erased since.

use std::path::Path;

use async_nats::HeaderMap;
use async_nats::jetstream;
use bytes::Bytes;
use embedded::Nats;
use eventlog::{
    Access, BackedUp, BackupError, BackupStep, Journal, Log, LogError, LogOptions, RestoreError,
    RestoreStep, Restored, restore,
};
use events::{EmployeeId, ErasedUser, Event, Seq};
use kit::file_bytes::files_with;
use kit::log_writer::{Writer, team_created};
use kit::servers::{log, nats};
use tempfile::TempDir;

use crate::bookings::{OTHER, TITLE, booking};

fn recorded(employee_id: EmployeeId, title: &str) -> Event {
    Event::BookingRecorded(booking(employee_id, title))
}

/// A log in which a person has events alone, and at the start, in the middle and at the end of
/// decisions; and one decision that is all theirs.
struct Story {
    writer: Writer,
    person: EmployeeId,
}

impl Story {
    async fn told_to(nats: &Nats) -> Self {
        let person = EmployeeId(eventlog::ids::uuid_v7());
        let mut writer = Writer::new(log(&nats.url()).await);
        let (own, other) =
            (|| recorded(person, TITLE), || recorded(EmployeeId(eventlog::ids::uuid_v7()), OTHER));
        writer.say("acme", [own()]).await;
        writer.write(2).await;
        writer.say("acme", [own(), other(), own(), other()]).await;
        writer.say("acme", [other(), own(), own()]).await;
        writer.say("acme", [own(), own()]).await;
        writer.say("acme", [own(), other()]).await;
        writer.say("globex", [other()]).await;
        Self { writer, person }
    }

    /// Erases the person's events, as an operator does.
    async fn erase(&mut self) -> Vec<Seq> {
        let acme = "acme".parse().expect("a slug");
        let found = self.writer.log.person_events(&acme, self.person).await.expect("read the log");
        let named: Vec<Seq> = found.events.iter().map(|event| event.seq).collect();
        let erased = ErasedUser {
            employee_id: self.person,
            resources: vec![],
            teams: vec![],
            bookings: found.bookings.into_iter().collect(),
            events: found.events,
        };
        self.writer.say("acme", [Event::UserErased(erased)]).await;
        let gone = self.writer.log.erase(&named, None, &Access::default()).await;
        assert_eq!(gone.expect("erase"), named.len() as u64);
        named
    }
}

/// Everything that a stream tells, position by position; none where it is empty.
async fn stored(nats: &Nats, stream: &str) -> Vec<Option<(String, HeaderMap, Bytes)>> {
    let client = async_nats::connect(nats.url()).await.expect("connect to NATS");
    let mut stream = jetstream::new(client).get_stream(stream).await.expect("a stream");
    let last = stream.info().await.expect("told").state.last_sequence;
    let mut all = Vec::new();
    for seq in 1..=last {
        let found = stream.get_raw_message(seq).await.ok();
        all.push(found.map(|it| (it.subject.to_string(), it.headers, it.payload)));
    }
    all
}

async fn back_up(log: &Log, dir: &Path) -> BackedUp {
    log.back_up(dir, |_| ()).await.expect("back up")
}

async fn restored(nats: &Nats, dir: &Path) -> Result<Restored, RestoreError> {
    let closed = restore(&nats.url(), &LogOptions::default(), dir, |_| ()).await?;
    let restored = closed.restored();
    closed.open().await?;
    Ok(restored)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_restored_is_what_was_backed_up_and_can_be_written_on() {
    let (there, here, dir) = (nats().await, nats().await, TempDir::new().unwrap());
    let mut story = Story::told_to(&there).await;
    let log = story.writer.log.clone();
    let key = log.shared_key("access-tokens").await.expect("a key");
    let journal = Journal::open(&log).await.expect("a journal");
    journal.append(0, "replay.planned", b"one".to_vec()).await.expect("append");
    let first = back_up(&log, dir.path()).await;
    assert_eq!((first.events, first.scrubbed), (story.writer.position.seq.0, 0));

    story.writer.write(5).await;
    journal.append(1, "operator.added", b"two".to_vec()).await.expect("append");
    let second = back_up(&log, dir.path()).await;
    assert_eq!((second.events, second.position), (5, story.writer.position));
    assert_eq!(back_up(&log, dir.path()).await.events, 0, "nothing is new");

    let done = restored(&here, dir.path()).await.expect("restore");
    assert_eq!((done.position, done.erased, done.acts), (story.writer.position, 0, 2));
    assert_eq!(stored(&here, "PROVISIONING").await, stored(&there, "PROVISIONING").await);
    assert_eq!(stored(&here, "OPERATIONS").await, stored(&there, "OPERATIONS").await);
    let again = kit::servers::log(&here.url()).await;
    assert_eq!(again.shared_key("access-tokens").await.expect("a key"), key);
    let mark = again.recorded_evidence().await.expect("a mark");
    assert_eq!(mark.first().map(|mark| mark.position), Some(story.writer.position));
    let mut writer = Writer { log: again, ..story.writer };
    writer.write(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn erased_events_are_in_no_byte_of_a_backup_after_its_next_run_nor_of_what_is_restored() {
    let (there, here, dir) = (nats().await, nats().await, TempDir::new().unwrap());
    let mut story = Story::told_to(&there).await;
    back_up(&story.writer.log, dir.path()).await;
    assert!(!files_with(dir.path(), TITLE).is_empty(), "it is looked for where it is");
    let named = story.erase().await;
    let events = story.writer.position.seq.0;
    let made = back_up(&story.writer.log, dir.path()).await;
    assert_eq!((made.events, made.scrubbed), (1, named.len() as u64));
    assert_eq!(files_with(dir.path(), TITLE), Vec::<std::path::PathBuf>::new());
    assert!(!files_with(dir.path(), OTHER).is_empty(), "somebody else is as before");
    assert_eq!(back_up(&story.writer.log, dir.path()).await.scrubbed, 0);

    let done = restored(&here, dir.path()).await.expect("restore");
    assert_eq!((done.erased, done.events), (named.len() as u64, events - named.len() as u64));
    assert_eq!(stored(&here, "PROVISIONING").await, stored(&there, "PROVISIONING").await);
    assert_eq!(files_with(here.dir(), TITLE), Vec::<std::path::PathBuf>::new());
    let log = log(&here.url()).await;
    assert_eq!(log.gaps().await.expect("told"), []);
    // And it can be backed up and restored again.
    let (next, empty) = (TempDir::new().unwrap(), nats().await);
    back_up(&log, next.path()).await;
    restored(&empty, next.path()).await.expect("restore what was restored");
    assert_eq!(stored(&empty, "PROVISIONING").await, stored(&there, "PROVISIONING").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_while_writes_and_erasures_go_on_can_be_restored() {
    let (there, dir) = (nats().await, TempDir::new().unwrap());
    let mut story = Story::told_to(&there).await;
    let log = story.writer.log.clone();
    let writing = tokio::spawn(async move {
        for round in 0..60 {
            story.writer.write(1 + round % 7).await;
            if round % 20 == 10 {
                story.writer.say("acme", [recorded(story.person, TITLE)]).await;
                story.erase().await;
            }
        }
        story
    });
    let mut runs = 0;
    while !writing.is_finished() || runs < 2 {
        let made = back_up(&log, dir.path()).await;
        runs += 1;
        if runs % 5 == 1 {
            let here = nats().await;
            let done = restored(&here, dir.path()).await.expect("restore");
            assert_eq!(done.position, made.position);
        }
    }
    let story = writing.await.expect("the writer ends well");
    back_up(&log, dir.path()).await;
    let here = nats().await;
    assert_eq!(restored(&here, dir.path()).await.expect("restore").position, story.writer.position);
    assert_eq!(stored(&here, "PROVISIONING").await, stored(&there, "PROVISIONING").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_dies_before_its_manifest_leaves_the_former_backup_whole() {
    let (there, dir) = (nats().await, TempDir::new().unwrap());
    let mut story = Story::told_to(&there).await;
    let former = back_up(&story.writer.log, dir.path()).await;
    story.erase().await;
    let (log, path) = (story.writer.log.clone(), dir.path().to_owned());
    let died = tokio::spawn(async move {
        let die = |step| assert_ne!(step, BackupStep::Written, "dies here");
        log.back_up(&path, die).await
    });
    assert!(died.await.is_err());
    let here = nats().await;
    let done = restored(&here, dir.path()).await.expect("restore the former backup");
    assert_eq!((done.position, done.erased), (former.position, 0));
    let made = back_up(&story.writer.log, dir.path()).await;
    assert_eq!(made.position, story.writer.position);
    assert_eq!(files_with(dir.path(), TITLE), Vec::<std::path::PathBuf>::new());
    let here = nats().await;
    restored(&here, dir.path()).await.expect("restore");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_a_restore_cannot_be_opened_and_is_begun_anew() {
    let (there, here, dir) = (nats().await, nats().await, TempDir::new().unwrap());
    let mut story = Story::told_to(&there).await;
    Journal::open(&story.writer.log).await.unwrap().append(0, "a.b", b"c".to_vec()).await.unwrap();
    story.erase().await;
    back_up(&story.writer.log, dir.path()).await;
    for last in [RestoreStep::Written(Seq(7)), RestoreStep::ReadBack(Seq(7)), RestoreStep::Complete]
    {
        let (url, path) = (here.url(), dir.path().to_owned());
        let died = tokio::spawn(async move {
            let dies = |step| assert_ne!(step, last, "dies here");
            restore(&url, &LogOptions::default(), &path, dies).await
        });
        assert!(died.await.is_err(), "{last:?}");
        let opened = Log::open(&here.url(), LogOptions::default()).await;
        assert!(matches!(opened, Err(LogError::HalfRestored { .. })), "{last:?}: {opened:?}");
        let read = Log::open_read_only(&here.url(), &LogOptions::default()).await;
        assert!(matches!(read, Err(LogError::HalfRestored { .. })), "{last:?}: {read:?}");
    }
    restored(&here, dir.path()).await.expect("restore");
    assert_eq!(stored(&here, "PROVISIONING").await, stored(&there, "PROVISIONING").await);
    log(&here.url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_restored_over_what_is_there() {
    let (there, dir) = (nats().await, TempDir::new().unwrap());
    let story = Story::told_to(&there).await;
    back_up(&story.writer.log, dir.path()).await;
    let refused = restored(&there, dir.path()).await.expect_err("the log is there");
    assert!(refused.to_string().contains("PROVISIONING"), "{refused}");
    // A mark that was left behind counts too.
    let here = nats().await;
    let other = log(&here.url()).await;
    other.shared_key("access-tokens").await.expect("a key");
    let client = async_nats::connect(here.url()).await.expect("connect to NATS");
    jetstream::new(client).delete_stream("PROVISIONING").await.expect("delete the log");
    let refused = restored(&here, dir.path()).await.expect_err("a bucket is there");
    assert!(
        matches!(&refused, RestoreError::NotEmpty(what) if what.contains("KV_ROLLCALL_KEYS")),
        "{refused}"
    );
    // Beside it, under another name, is an empty place.
    let stream = "REHEARSAL".parse().expect("a name");
    let options = LogOptions { stream, ..LogOptions::default() };
    let closed = restore(&there.url(), &options, dir.path(), |_| ()).await;
    closed.expect("restore beside it").open().await.expect("open what was restored");
    let beside = Log::open(&there.url(), options).await.expect("open it");
    assert_eq!(beside.end().await.expect("told"), story.writer.position.seq);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_another_or_broken_is_not_backed_up() {
    let (there, other, dir) = (nats().await, nats().await, TempDir::new().unwrap());
    let story = Story::told_to(&there).await;
    let made = back_up(&story.writer.log, dir.path()).await;
    let mut fork = Writer::new(log(&other.url()).await);
    fork.write(40).await;
    let refused = fork.log.back_up(dir.path(), |_| ()).await.expect_err("it is another log");
    let is_other = matches!(refused, BackupError::OfAnotherLog { .. });
    assert!(is_other && refused.is_damage(), "{refused}");
    assert!(!refused.to_string().contains("--accept-lost-events"), "{refused}");
    // A hole that no erasure names.
    let client = async_nats::connect(there.url()).await.expect("connect to NATS");
    let stream = jetstream::new(client).get_stream("PROVISIONING").await.expect("a log");
    stream.delete_message(3).await.expect("delete");
    let begun = TempDir::new().unwrap();
    let refused = story.writer.log.back_up(begun.path(), |_| ()).await.expect_err("it has a hole");
    assert!(refused.is_damage(), "{refused}");
    let here = nats().await;
    let done = restored(&here, dir.path()).await.expect("the former backup is as it was");
    assert_eq!(done.position, made.position);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_for_its_owner_alone_and_one_whose_files_were_changed_is_not_restored() {
    use std::os::unix::fs::PermissionsExt as _;
    let (there, here, dir) = (nats().await, nats().await, TempDir::new().unwrap());
    let mut story = Story::told_to(&there).await;
    story.writer.say("acme", [team_created()]).await;
    let path = dir.path().join("backup");
    back_up(&story.writer.log, &path).await;
    let mode = |path: &Path| path.metadata().expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    let mut log_file = None;
    for entry in std::fs::read_dir(&path).expect("listed") {
        let file = entry.expect("listed").path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        if file.to_string_lossy().contains("/log-") {
            log_file = Some(file);
        }
    }
    let log_file = log_file.expect("a file of the log");
    let text = std::fs::read_to_string(&log_file).expect("read").replace(OTHER, "Nobody-Else-!");
    std::fs::write(&log_file, text).expect("write");
    let refused = restored(&here, &path).await.expect_err("it was changed");
    assert!(matches!(refused, RestoreError::Backup(BackupError::Damaged { .. })), "{refused}");
    let refused = story.writer.log.back_up(&path, |_| ()).await.expect_err("it was changed");
    assert!(refused.is_damage(), "{refused}");
    let empty = TempDir::new().unwrap();
    let none = restored(&here, empty.path()).await.expect_err("there is none");
    assert!(matches!(none, RestoreError::Backup(BackupError::None(_))), "{none}");
}
