//! The pull door: events in pages and as a stream, and the snapshot to begin with.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use kit::entra;
use kit::program::Program;
use kit::wait::{found, until};
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

use crate::feed_reader::{
    EventStream, Table, check_numbers, events, page, people_of, read_up_to, snapshot,
};

/// Less than a poll would wait, more than an event takes.
const AT_ONCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn the_whole_history_is_read_in_pages_and_gives_the_table_that_the_read_api_has() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    let sales = company.form("Sales", &[&ada, &bob]).await;
    let core = company.form("Core", &[&ada]).await;
    company.disable(&bob).await;
    company.remove(&sales, &ada).await;
    company.delete(&format!("Groups/{sales}")).await.answered(204);
    company.restore(&bob).await;
    let read = read_up_to(&company, "rollcall.employee.returned", &bob).await;
    check_numbers(&read.events, 1);
    let mut table = Table::default();
    for event in &read.events {
        table.take(event);
    }
    assert_eq!(table.people(), people_of(&company).await);
    assert_eq!(table.teams.keys().collect::<Vec<_>>(), [&core]);
    // What came is read again behind any cursor, and only what is asked for.
    let left = page(events(&company, "types=employee.left,team.deleted").await).events;
    let kinds: Vec<&Value> = left.iter().map(|event| &event["type"]).collect();
    assert_eq!(kinds, ["rollcall.employee.left", "rollcall.team.deleted"]);
    assert_eq!(left[0]["data"]["employee"]["standing"], "former");
}

#[tokio::test]
async fn a_long_poll_is_answered_by_the_event_that_it_waits_for_and_by_no_other() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let read = read_up_to(&company, "rollcall.employee.joined", &ada).await;
    let query = format!("wait=30s&types=team.*&after={}", read.next);
    let begun = Instant::now();
    let waiting = events(&company, &query);
    let doing = async {
        company.hire("Bob").await;
        company.form("Sales", &[]).await
    };
    let (answer, sales) = tokio::join!(waiting, doing);
    let page = page(answer);
    assert!(begun.elapsed() < AT_ONCE, "it took {:?}", begun.elapsed());
    assert_eq!(page.events.len(), 1);
    assert_eq!(page.events[0]["subject"], sales);
}

#[tokio::test]
async fn a_stream_goes_on_behind_the_last_event_that_was_heard() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let mut stream = EventStream::open(&company, "", None).await;
    let first = stream.next().await.expect("an event");
    assert_eq!((&*first.event, &first.data["subject"]), ("rollcall.employee.joined", &ada.into()));
    drop(stream);
    let bob = company.hire("Bob").await;
    let mut stream = EventStream::open(&company, "types=employee.*", Some(&first.id)).await;
    let second = stream.next().await.expect("an event");
    assert_eq!(second.data["subject"], bob);
    // It comes while the stream is open, and the cursor is as good in a page.
    let cleo = company.hire("Cleo").await;
    let third = stream.next().await.expect("an event");
    assert_eq!(third.data["subject"], cleo);
    let same = page(events(&company, &format!("after={}", second.id)).await);
    assert_eq!(same.events, [third.data]);
}

#[tokio::test]
async fn a_cursor_is_good_for_its_tenant_and_its_feed() {
    let mut world = World::new().await;
    let company = world.contoso().await;
    let globex = world.company("globex", "benefits").await;
    let ada = company.hire("Ada").await;
    let cursor = read_up_to(&company, "rollcall.employee.joined", &ada).await.next;
    let other = if cursor[40..].starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{}{other}{}", &cursor[..40], &cursor[41..]);
    for (company, bad) in [(&company, &*forged), (&company, "7"), (&globex, &*cursor)] {
        let refused = events(company, &format!("after={bad}")).await.answered(400);
        assert!(refused.text.contains("as it is"), "{}", refused.text);
        let refused = company.ask_now(&format!("snapshot?at={bad}")).await.answered(400);
        assert!(refused.text.contains("cursor"), "{}", refused.text);
    }
    // Without the scope nothing is told.
    let issued = world.result("token issue --tenant contoso --scope employees:read").await;
    let token = issued["api_token"].as_str().expect("a token");
    company.ask_with(token, "events").await.answered(403);
    company.ask_with(token, "snapshot").await.answered(403);

    world.program.stop().await;
    let client = async_nats::connect(world.nats.url()).await.expect("a connection");
    async_nats::jetstream::new(client).delete_stream("FEED").await.expect("it is there");
    world.start_again().await;
    let mut company = company;
    company.moved_to(&world.url());
    let gone = found("the cursor is known to be of another feed", async || {
        let gone = events(&company, &format!("after={cursor}")).await;
        (gone.status == 410).then_some(gone)
    })
    .await;
    assert!(gone.text.contains("snapshot"), "{}", gone.text);
    // All is told anew, with the same ids and numbers.
    check_numbers(&read_up_to(&company, "rollcall.employee.joined", &ada).await.events, 1);
}

#[tokio::test]
async fn the_role_deliver_answers_as_up_does_and_nothing_is_told_twice() {
    let world = World::new().await;
    let mut company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let nats_url = world.nats.url();
    let environment = [
        ("NATS_URL", nats_url.as_str()),
        ("ROLLCALL_OPERATOR_TOKEN", "7b1d0c5e92f84a63b0e1d7c2a9f35846"),
        ("ROLLCALL_LOG", "json"),
    ];
    let deliver = Program::start(&["deliver", "--listen", "127.0.0.1:0"], &environment);
    let here = company.api_base_url.clone();
    let there = format!("{}/api/v1/contoso", deliver.url().await);
    let read = read_up_to(&company, "rollcall.employee.joined", &ada).await;
    company.api_base_url.clone_from(&there);
    assert_eq!(page(events(&company, "").await).events, read.events);
    // A cursor of one process is good in the other, and both hear what is new.
    for name in ["Bob", "Cleo", "Dan"] {
        company.hire(name).await;
    }
    let mut heard = Vec::new();
    for url in [here, there] {
        company.api_base_url = url;
        let mut of_one = Vec::new();
        let mut after = read.next.clone();
        while of_one.len() < 3 {
            let next = page(events(&company, &format!("wait=30s&after={after}")).await);
            of_one.extend(next.events);
            after = next.next;
        }
        check_numbers(&of_one, read.events.len() as u64 + 1);
        heard.push(of_one);
    }
    assert_eq!(heard[0], heard[1]);
    until("what is told is read there", async || {
        company.ask_now("snapshot").await.status.is_success()
    })
    .await;
    let taken = snapshot(&company, "").await;
    let cursor = taken[0]["begin"]["cursor"].as_str().expect("a cursor");
    let mut table = Table::default();
    for line in &taken {
        table.take_line(line);
    }
    let rest = page(events(&company, &format!("after={cursor}")).await).events;
    for event in &rest {
        table.take(event);
    }
    assert_eq!(table.employees.len(), 4);
}

#[tokio::test]
async fn a_stop_of_the_program_ends_streams_cleanly() {
    let mut world = World::new().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    let mut stream = EventStream::open(&company, "", None).await;
    stream.next().await.expect("an event");
    let stopping = world.program.stop();
    let hearing = async {
        let end = stream.next().await.expect("a last event");
        assert_eq!((&*end.event, &end.data["reason"]), ("end", &"stopping".into()));
        assert_eq!(stream.next().await, None);
    };
    tokio::join!(stopping, hearing);
}

#[tokio::test]
async fn a_stream_ends_when_its_token_is_revoked() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    let mut stream = EventStream::open(&company, "", None).await;
    stream.next().await.expect("an event");
    let credential = company.administrator.trim_start_matches("credential:");
    world.verb(&format!("token revoke {credential} --tenant contoso")).await.ended(0);
    let end = stream.next().await.expect("a last event");
    assert_eq!((&*end.event, &end.data["reason"]), ("end", &"revoked".into()));
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn who_reads_a_stream_too_slowly_is_told_so_and_let_go() {
    let world = World::set(vec![("ROLLCALL_STREAM_PATIENCE", "1".to_owned())]).await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    // More than all buffers on the way to a reader hold.
    let long = "x".repeat(200 << 10);
    for number in 0..24 {
        let title = entra::replace("title", format!("{number} {long}"));
        company.patch(&format!("Users/{ada}"), &title).await.answered(200);
    }
    let last = company.hire("Last").await;
    read_up_to(&company, "rollcall.employee.joined", &last).await;
    let address = world.url().trim_start_matches("http://").parse().expect("an address");
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4 << 10).expect("a small buffer");
    let mut line = socket.connect(address).await.expect("a connection");
    let request = format!(
        "GET /api/v1/contoso/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nAccept: text/event-stream\r\n\r\n",
        company.api_token
    );
    line.write_all(request.as_bytes()).await.expect("it is heard");
    let mut heard = vec![0; 100];
    line.read_exact(&mut heard).await.expect("an answer");
    // Nothing is read for longer than the program has patience.
    let begun = Instant::now();
    until("the program's patience is at an end", async || begun.elapsed() > Duration::from_secs(5))
        .await;
    let mut chunk = vec![0; 64 << 10];
    let end = b"event: end\ndata: {\"reason\":\"slow\"";
    while !heard.windows(end.len()).any(|part| part == end) {
        let read = line.read(&mut chunk).await.expect("a stream that is not cut off");
        assert!(read > 0, "the stream ended without a reason");
        heard.drain(..heard.len().saturating_sub(end.len()));
        heard.extend_from_slice(&chunk[..read]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_and_what_comes_behind_it_are_all_there_is_whoever_writes_meanwhile() {
    let world = World::new().await;
    let company = world.contoso().await;
    let mut crowd = Vec::new();
    for number in 0..40 {
        crowd.push(company.hire(&format!("Person{number}")).await);
    }
    let teams = [company.form("Sales", &[]).await, company.form("Core", &[]).await];
    let writing = async {
        let one = async |number: usize, user: &String| {
            for round in 0..3 {
                company.add(&teams[(number + round) % 2], user).await;
                company.disable(user).await;
                let name = entra::replace("displayName", format!("Round {round}"));
                company.patch(&format!("Users/{user}"), &name).await.answered(200);
                company.restore(user).await;
                if round == 1 {
                    company.remove(&teams[(number + 1) % 2], user).await;
                }
            }
        };
        for part in crowd.chunks(8) {
            join_all(part.iter().enumerate().map(|(number, user)| one(number, user))).await;
        }
        company.hire("Last").await
    };
    let reading = async {
        let mut snapshots = Vec::new();
        for _ in 0..5 {
            snapshots.push(snapshot(&company, "").await);
        }
        snapshots
    };
    let (last, snapshots) = tokio::join!(writing, reading);
    let now = people_of(&company).await;
    for lines in snapshots {
        let (begin, end) = (&lines[0]["begin"], &lines[lines.len() - 1]["end"]);
        assert_eq!(begin["cursor"], end["cursor"], "{begin} {end}");
        let counts = ["teams", "alerts", "employees", "bookings"].map(|name| begin[name].as_u64());
        let counted: Option<u64> = counts.into_iter().sum();
        assert_eq!(counted, end["lines"].as_u64(), "{begin} {end}");
        assert_eq!(counted, Some(lines.len() as u64 - 2));
        let mut table = Table::default();
        for line in &lines {
            table.take_line(line);
        }
        let mut cursor = begin["cursor"].as_str().expect("a cursor").to_owned();
        let mut tail = Vec::new();
        while !tail.iter().any(|event: &Value| event["subject"] == last) {
            if table.employees.contains_key(&last) {
                break;
            }
            let next = page(events(&company, &format!("wait=30s&limit=50&after={cursor}")).await);
            tail.extend(next.events);
            cursor = next.next;
        }
        if let Some(first) = tail.first() {
            let first = first["sequence"].as_str().and_then(|it| it.parse().ok());
            check_numbers(&tail, first.expect("a number"));
        }
        for event in &tail {
            table.take(event);
        }
        assert_eq!(table.people(), now);
    }
}

#[tokio::test]
async fn a_snapshot_has_all_that_the_events_up_to_it_come_to() {
    let world = World::new().await;
    let company = world.contoso().await;
    world.result("guard set --tenant contoso --hold on --deactivations 2 --percent 0").await;
    let mut leavers = Vec::new();
    for name in ["Ada", "Bob", "Cleo"] {
        leavers.push(company.hire(name).await);
    }
    company.form("Sales", &[&leavers[0], &leavers[1]]).await;
    for (reference, person) in [("desk-1", &leavers[0]), ("desk-2", &leavers[1])] {
        let path = format!("bookings/{reference}");
        let desk = json!({ "employeeId": person, "resource": "desk-7", "startsAt": "2100-01-01T08:00:00Z", "endsAt": "2100-01-01T17:00:00Z" });
        company.command(Method::PUT, &path, Some(&desk)).await.answered(201);
    }
    company.command(Method::DELETE, "bookings/desk-2", None).await.answered(204);
    for person in &leavers {
        company.disable(person).await;
    }
    let last = company.hire("Dan").await;
    let read = read_up_to(&company, "rollcall.employee.joined", &last).await;
    let (mut told, mut taken) = (Table::default(), Table::default());
    for event in &read.events {
        told.take(event);
    }
    for line in snapshot(&company, "").await {
        taken.take_line(&line);
    }
    assert_eq!(taken, told);
    let sizes =
        [taken.teams.len(), taken.alerts.len(), taken.employees.len(), taken.bookings.len()];
    assert_eq!(sizes, [1, 1, 4, 2]);
}

#[tokio::test]
async fn a_snapshot_that_was_cut_off_goes_on_as_it_was() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    for name in ["Bob", "Cleo", "Dan"] {
        company.hire(name).await;
    }
    let sales = company.form("Sales", &[&ada]).await;
    until("all of that is told", async || {
        let lines = snapshot(&company, "").await;
        lines.iter().any(|line| line["employee"]["teams"][0]["id"] == sales)
    })
    .await;
    let whole = snapshot(&company, "").await;
    // Others go on meanwhile.
    company.disable(&ada).await;
    read_up_to(&company, "rollcall.employee.left", &ada).await;
    let cursor = whole[0]["begin"]["cursor"].as_str().expect("a cursor");
    for skip in [0, 2, 5, 99] {
        let rest = snapshot(&company, &format!("at={cursor}&skip={skip}")).await;
        let skipped = skip.min(5);
        assert_eq!(rest[0]["begin"]["skipped"], skipped);
        let things = |lines: &[Value]| lines[1..lines.len() - 1].to_vec();
        assert_eq!(things(&rest), things(&whole)[skipped..]);
    }
    let now = snapshot(&company, "").await;
    assert_ne!(now[0]["begin"]["cursor"], cursor);
    // One that nobody began cannot be gone on with.
    let elsewhere = page(events(&company, "limit=1").await).next;
    company.ask_now(&format!("snapshot?at={elsewhere}")).await.answered(410);
    company.command(Method::POST, "snapshot", None).await.answered(405);
}
