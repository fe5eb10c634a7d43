//! What a receiver on this machine gets, and what its answers come to.

use std::sync::Arc;

use rustls::RootCertStore;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const POST: Post<'static> =
    Post { id: "0192", content_type: "application/cloudevents+json", body: b"{}", replay: None };

fn client(reach: Reach, timeout: Duration) -> Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let tls = tls.unwrap().with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    Client::new(reach, tls, timeout).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_second(1_770_000_000).unwrap()
}

async fn posted(client: &Client, url: &str) -> Outcome {
    let url = ReceiverUrl::parse(url, Reach::Anywhere).unwrap();
    client.post(&url, &[WebhookSecret::shared([7; 32])], POST, now()).await
}

async fn request(stream: &mut TcpStream) -> String {
    let mut read = vec![];
    while !read.ends_with(b"\r\n\r\n{}") {
        assert!(stream.read_buf(&mut read).await.unwrap() > 0, "the whole request");
    }
    String::from_utf8(read).unwrap()
}

/// What came of a try, and the request, with a receiver that gives this answer.
async fn answered(answer: &str) -> (Outcome, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks?a=b", listener.local_addr().unwrap());
    let client = client(Reach::Anywhere, Duration::from_secs(10));
    let receiver = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = request(&mut stream).await;
        stream.write_all(answer.as_bytes()).await.unwrap();
        request
    };
    tokio::join!(posted(&client, &url), receiver)
}

#[tokio::test]
async fn an_event_is_posted_with_its_id_its_time_and_its_signature() {
    let (outcome, request) = answered("HTTP/1.1 204 No Content\r\n\r\n").await;
    assert_eq!(outcome, Outcome::Delivered);
    let signature = signatures(&[WebhookSecret::shared([7; 32])], "0192", 1_770_000_000, b"{}");
    for line in [
        "POST /hooks?a=b HTTP/1.1".to_owned(),
        "webhook-id: 0192".to_owned(),
        "webhook-timestamp: 1770000000".to_owned(),
        format!("webhook-signature: {signature}"),
        "content-type: application/cloudevents+json".to_owned(),
    ] {
        assert!(request.lines().any(|sent| sent == line), "{line} is not in {request}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (outcome, _) =
        answered("HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
            .await;
    assert_eq!(outcome, Outcome::unanswered(Cause::Status(307)));
}

#[tokio::test]
async fn an_answer_without_end_is_left() {
    let body = "a".repeat(BODY_LIMIT + 1);
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{body}");
    assert_eq!(answered(&answer).await.0, Outcome::Delivered);
}

#[tokio::test]
async fn what_is_no_http_is_no_answer() {
    assert_eq!(answered("220 mail\r\n").await.0, Outcome::unanswered(Cause::Broken));
}

#[tokio::test]
async fn a_receiver_that_sleeps_is_left_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = client(Reach::Anywhere, Duration::from_millis(50));
    assert_eq!(posted(&client, &url).await, Outcome::unanswered(Cause::Timeout));
}

#[tokio::test]
async fn a_receiver_that_is_away_cannot_be_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = client(Reach::Anywhere, Duration::from_secs(10));
    assert_eq!(posted(&client, &url).await, Outcome::unanswered(Cause::Connect));
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_not_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let client = client(Reach::Public, Duration::from_secs(10));
    assert_eq!(posted(&client, &url).await, Outcome::unanswered(Cause::ForbiddenAddress));
    let nobody = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
    assert!(nobody.is_err(), "somebody connected");
}

#[tokio::test]
async fn an_address_of_this_machine_is_no_receiver() {
    let client = client(Reach::Public, Duration::from_secs(10));
    assert_eq!(client.receiver("https://127.0.0.1:8443/"), None);
    assert!(client.receiver("https://1.1.1.1/").is_some());
}
