//! A slow client harms nobody else.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// What is waited for in vain.
const SHORT: Duration = Duration::from_millis(50);
/// What is waited for in vain, and for others also on a busy machine long enough to be in time.
const LONGER: Duration = Duration::from_secs(2);

#[tokio::test]
async fn headers_that_never_end_lose_their_connection_and_nobody_else_theirs() {
    let bounds = Bounds { header_time: LONGER, connections: 1, ..Bounds::default() };
    let running = run(routes(), bounds).await;
    // The only place there is, held by somebody who says nothing to the point.
    let heard = running.hear("GET / HTTP/1.1\r\nHost: a\r\nX-Slow").await;
    assert!(!heard.contains("200"), "{heard}");
    let heard = running.hear("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(heard.ends_with("hello"), "{heard}");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_answered_408() {
    let running = run(routes(), Bounds { body_time: SHORT, ..Bounds::default() }).await;
    let heard = running.hear("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc").await;
    assert!(heard.starts_with("HTTP/1.1 408 "), "{heard}");
}

#[tokio::test]
async fn silent_connections_keep_nobody_out_however_many_there_are() {
    let bounds = Bounds { connections: 8, connections_per_address: 8, ..Bounds::default() };
    let running = run_known(bounds).await;
    let mut silent = Vec::new();
    for round in 0..20 {
        for said in ["", "GET / HTT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na"] {
            silent.push(running.say(said).await);
        }
        assert_eq!(running.status("acme").await, 200, "in round {round}");
    }
}

#[tokio::test]
async fn a_request_that_is_answered_keeps_its_connection_however_many_come() {
    let bounds = Bounds { connections: 4, ..Bounds::default() };
    let running = run_known(bounds).await;
    let body = "Content-Length: 2\r\n\r\n{";
    let mut patient = running.say(&(asks("acme", 5).replace("GET", "POST") + body)).await;
    for _ in 0..20 {
        assert_eq!(running.status("globex").await, 200);
        running.say("").await;
    }
    patient.write_all(b"}").await.unwrap();
    let mut heard = [0; 12];
    patient.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"HTTP/1.1 200");
}

#[tokio::test]
async fn who_does_not_read_holds_their_own_place_and_is_cut_off() {
    let bounds = Bounds { in_flight_per_tenant: 1, ..Bounds::default() };
    let running = run_known(Bounds { stall_time: LONGER, ..bounds }).await;
    let mut unread = running.say(&(asks("acme", LONG) + "\r\n")).await;
    let mut first = [0; 12];
    unread.read_exact(&mut first).await.unwrap();
    assert_eq!(running.status("acme").await, 429, "its answer is on the way");
    assert_eq!(running.status("globex").await, 200, "others have places of their own");
    while running.status("acme").await != 200 {
        tokio::task::yield_now().await;
    }
    let cut = loop {
        match unread.read(&mut [0; 4096]).await {
            Ok(0) => break false,
            Ok(_) => {}
            Err(_) => break true,
        }
    };
    assert!(cut, "the answer must not look whole");
}

#[tokio::test]
async fn who_reads_in_drips_is_cut_off() {
    let bounds = Bounds { send_time: Duration::from_secs(1), ..Bounds::default() };
    let running = run_known(bounds).await;
    let mut drips = running.say(&(asks("acme", LONG) + CLOSE)).await;
    let (mut drip, mut heard) = ([0; 1], 0);
    while let Ok(1) = drips.read(&mut drip).await {
        heard += 1;
    }
    assert!(heard < LONG, "all of it was heard");
}

#[tokio::test]
async fn requests_that_are_sent_ahead_wait_until_the_answers_before_are_read() {
    let served = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&served);
    let long = get(async move || {
        counted.fetch_add(1, Ordering::Relaxed);
        vec![b'x'; 1 << 20]
    });
    let bounds = Bounds { stall_time: SHORT * 4, ..Bounds::default() };
    let running = run(Router::new().route("/long", long), bounds).await;
    let ahead = running.say(&"GET /long HTTP/1.1\r\nHost: a\r\n\r\n".repeat(500)).await;
    // It is cut off in the end.
    while ahead.take_error().unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(served.load(Ordering::Relaxed), 1, "answers for somebody who reads none");
}
