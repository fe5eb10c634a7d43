//! Clients that are known and do not send, or do not read what they asked for.

use super::*;

/// Whoever names a tenant in a header; what they send is read, and the answer is as long as they
/// say.
async fn known(request: Request) -> Result<Vec<u8>, Response> {
    let (parts, body) = request.into_parts();
    let said = |name: &str| parts.headers[name].to_str().unwrap();
    let holder = Holder::Tenant(said("tenant").parse().unwrap());
    admit(&parts.extensions, holder).map_err(plainly)?;
    let read = to_bytes(body, usize::MAX).await;
    read.map_err(|error| plainly(Rejection::beneath(&error).unwrap()))?;
    Ok(vec![b'x'; said("length").parse().unwrap()])
}

/// A request of a tenant for so long an answer.
fn asks(tenant: &str, length: usize) -> String {
    format!("GET /known HTTP/1.1\r\nHost: a\r\ntenant: {tenant}\r\nlength: {length}\r\n")
}

const CLOSE: &str = "Connection: close\r\n\r\n";

/// Longer than what lies between the two ends.
const LONG: usize = 64 << 20;

async fn run_known(bounds: Bounds) -> Running {
    run(routes().route("/known", axum::routing::any(known)), bounds).await
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
    let running = run_known(Bounds { stall_time: Duration::from_secs(1), ..bounds }).await;
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

#[tokio::test]
async fn all_that_is_sent_ahead_is_answered_in_order_if_it_is_read() {
    let running = run_known(Bounds::default()).await;
    let ahead: String = (1..=50).map(|length| asks("acme", length) + "\r\n").collect();
    let heard = running.hear(&(ahead + &asks("acme", 51) + CLOSE)).await;
    let lengths: Vec<usize> = heard
        .split("content-length: ")
        .skip(1)
        .map(|rest| rest.split('\r').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(lengths, (1..=51).collect::<Vec<_>>());
}
