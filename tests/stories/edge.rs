//! What stands between the network and the program: TLS, and a pace that it asks clients to keep.

use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::program::verb_with;
use crate::world::World;

/// A certificate for this machine, and where it is with its key.
fn certificate(dir: &std::path::Path) -> (CertificateDer<'static>, [String; 2]) {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]);
    let made = made.expect("a certificate");
    let texts = [made.cert.pem(), made.signing_key.serialize_pem()];
    let paths = ["cert.pem", "key.pem"].map(|name| dir.join(name));
    for (path, text) in paths.iter().zip(texts) {
        std::fs::write(path, text).expect("write to a directory of ours");
    }
    let paths = paths.map(|path| path.to_str().expect("a path of ours is text").to_owned());
    (made.cert.der().clone(), paths)
}

/// What a client hears who trusts one certificate alone.
async fn ask(url: &str, trusted: CertificateDer<'static>, path: &str) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(trusted).expect("a certificate to trust");
    let config =
        ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .expect("versions that ring knows")
            .with_root_certificates(roots)
            .with_no_client_auth();
    let address = url.strip_prefix("https://").expect("clients are told to speak TLS");
    let line = TcpStream::connect(address).await.expect("the program listens");
    let name = ServerName::try_from("127.0.0.1").expect("a name");
    let mut line =
        TlsConnector::from(Arc::new(config)).connect(name, line).await.expect("a handshake");
    let asked = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    line.write_all(asked.as_bytes()).await.expect("the line holds");
    let mut heard = Vec::new();
    line.read_to_end(&mut heard).await.expect("the line holds");
    String::from_utf8(heard).expect("an answer is text")
}

#[tokio::test]
async fn with_a_certificate_clients_speak_tls_and_the_verbs_go_on_working() {
    let dir = tempfile::tempdir().expect("make a directory");
    let (trusted, [cert, key]) = certificate(dir.path());
    let world = World::set(vec![("ROLLCALL_TLS_CERT", cert), ("ROLLCALL_TLS_KEY", key)]).await;
    let heard = ask(&world.url(), trusted.clone(), "/health/ready").await;
    assert!(heard.starts_with("HTTP/1.1 200 "), "{heard}");
    world.verb("tenant create contoso").await.ended(0);
    let activate = "integration activate --tenant contoso --profile workplace";
    let activated = world.result(activate).await;
    let base_url = activated["scim_base_url"].as_str().unwrap_or_default();
    assert!(base_url.starts_with(&world.url()), "{base_url} is what Entra shall use");
    let heard = ask(&world.url(), trusted, "/scim/v2/contoso/Users").await;
    assert!(heard.starts_with("HTTP/1.1 401 "), "{heard}");
}

#[tokio::test]
async fn verbs_and_the_simulator_speak_tls_to_a_gateway_whose_certificate_they_trust() {
    let dir = tempfile::tempdir().expect("make a directory");
    let (_, [cert, key]) = certificate(dir.path());
    let settings = vec![("ROLLCALL_TLS_CERT", cert.clone()), ("ROLLCALL_TLS_KEY", key)];
    let world = World::set(settings).await;
    let token = std::fs::read_to_string(world.data_dir().join("operator-token"));
    let (url, token) = (world.url(), token.expect("the operator's token is kept"));
    let at = [("ROLLCALL_URL", url.as_str()), ("ROLLCALL_OPERATOR_TOKEN", token.trim())];
    let trusting = [at[0], at[1], ("ROLLCALL_TLS_CA", &cert)];
    verb_with("tenant create contoso", &trusting).await.ended(0);
    let simulated = "simulate entra --people 5 --groups 1 --cycles 1";
    let played = verb_with(simulated, &trusting).await.ended(0).line();
    assert_eq!(played["differences"], serde_json::json!([]), "{played}");

    let distrusted = verb_with("tenant list", &at).await.ended(1);
    assert!(distrusted.stderr.contains("certificate"), "{}", distrusted.stderr);
}

#[tokio::test]
async fn a_client_that_is_asked_to_slow_down_does_and_loses_nothing() {
    let world = World::set(vec![("ROLLCALL_RATE", "40".to_owned())]).await;
    let company = "--people 30 --groups 3 --cycles 2";
    let played = world.result(&format!("simulate entra {company}")).await;
    assert_eq!(played["compared"], true, "{played}");
    assert_eq!(played["differences"], serde_json::json!([]), "{played}");
    let count = |name: &str| played[name].as_u64().expect("a count");
    assert!(count("retries") > count("lostAnswers"), "nobody was asked to slow down: {played}");
}
