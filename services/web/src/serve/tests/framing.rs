//! Where a request begins and ends, and how large its head may be.

use super::*;

#[tokio::test]
async fn a_head_without_end_is_answered_431_and_an_address_without_end_414() {
    let bounds = Bounds { header_time: Duration::from_secs(2), ..Bounds::default() };
    let running = run(routes(), bounds).await;
    let long = "x".repeat(MAX_HEAD_BYTES);
    let heard = running.hear(&format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n")).await;
    assert!(heard.starts_with("HTTP/1.1 431 "), "{heard}");
    let longer = &long[..40_000];
    let close = "HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let heard = running.hear(&format!("GET /{longer} {close}")).await;
    assert!(heard.starts_with("HTTP/1.1 414 "), "{heard}");
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

#[tokio::test]
async fn a_request_must_say_once_which_host_it_is_for() {
    let running = run(routes(), Bounds::default()).await;
    for hosts in
        ["", "Host: a\r\nHost: a\r\n", "Host: a\r\nHost: b\r\n", "Host:\r\n", "Host: a/b\r\n"]
    {
        let heard = running.hear(&format!("GET / HTTP/1.1\r\n{hosts}\r\n")).await;
        assert!(heard.starts_with("HTTP/1.1 400 "), "{hosts:?}: {heard}");
        assert!(heard.contains("Host header") && heard.contains("no-store"), "{heard}");
    }
    let heard = running.hear("GET / HTTP/1.0\r\n\r\n").await;
    assert!(heard.ends_with("hello"), "{heard}");
}

#[tokio::test]
async fn two_lengths_of_a_body_are_no_request_or_the_last_on_their_connection() {
    let running = run(routes(), Bounds::default()).await;
    let post = "POST / HTTP/1.1\r\nHost: a\r\n";
    let two = "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc";
    let heard = running.hear(&format!("{post}{two}")).await;
    assert!(heard.starts_with("HTTP/1.1 400 "), "{heard}");
    let both = "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    let smuggled = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let heard = running.hear(&format!("{post}{both}{smuggled}")).await;
    assert!(heard.ends_with("abc"), "nothing after it is answered: {heard}");
}
