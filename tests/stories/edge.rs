//! What stands between the network and the program: TLS, and a pace that it asks clients to keep.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kit::program::verb_with;
use kit::world::World;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A certificate for this machine, and where it is with its key.
fn certificate(dir: &Path, is_ca: IsCa) -> (CertificateDer<'static>, [String; 2]) {
    let mut wanted = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a name");
    wanted.is_ca = is_ca;
    let key = KeyPair::generate().expect("a key");
    let made = wanted.self_signed(&key).expect("a certificate");
    let texts = [made.pem(), key.serialize_pem()];
    let paths = ["cert.pem", "key.pem"].map(|name| dir.join(name));
    for (path, text) in paths.iter().zip(texts) {
        std::fs::write(path, text).expect("write to a directory of ours");
    }
    let paths = paths.map(|path| path.to_str().expect("a path of ours is text").to_owned());
    (made.der().clone(), paths)
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
    let (trusted, [cert, key]) = certificate(dir.path(), IsCa::NoCa);
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
    // As `openssl req -x509` makes it, unless told otherwise.
    let authority = IsCa::Ca(BasicConstraints::Unconstrained);
    let (_, [cert, key]) = certificate(dir.path(), authority);
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

    let elsewhere = tempfile::tempdir().expect("make a directory");
    let (_, [other, _]) = certificate(elsewhere.path(), IsCa::NoCa);
    let distrusting = [at[0], at[1], ("ROLLCALL_TLS_CA", &other)];
    let distrusted = verb_with("tenant list", &distrusting).await.ended(1);
    assert!(distrusted.stderr.contains("--tls-ca"), "{}", distrusted.stderr);
    // It does not wait for a certificate to become another one.
    let told = format!("simulate entra --scim-base-url {url}/scim/v2/contoso --secret-token none");
    let asked = Instant::now();
    let distrusted = verb_with(&told, &distrusting).await.ended(1);
    assert!(distrusted.stderr.contains("certificate"), "{}", distrusted.stderr);
    assert!(asked.elapsed() < Duration::from_secs(30), "it took {:?}", asked.elapsed());
    let in_the_clear = url.replace("https:", "http:");
    let in_the_clear = [("ROLLCALL_URL", in_the_clear.as_str()), at[1], trusting[2]];
    let refused = verb_with("tenant list", &in_the_clear).await.ended(1);
    assert!(refused.stderr.contains("--tls-ca"), "{}", refused.stderr);
}

#[tokio::test]
async fn a_verb_that_asks_some_other_server_does_not_say_that_it_worked() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = tokio::spawn(async move {
        let (mut line, _) = listener.accept().await.expect("a client");
        let mut asked = [0; 1024];
        assert!(line.read(&mut asked).await.expect("a question") > 0, "it asks nothing");
        let page = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n<p>Hi</p>";
        line.write_all(page.as_bytes()).await.expect("the line holds");
    });
    let at = [("ROLLCALL_URL", url.as_str()), ("ROLLCALL_OPERATOR_TOKEN", "none")];
    let fooled = verb_with("integration deactivate --tenant contoso", &at).await.ended(1);
    assert!(fooled.stderr.contains("--url"), "{}", fooled.stderr);
    server.await.expect("it was asked");
}

#[tokio::test]
async fn a_client_that_is_asked_to_slow_down_does_and_loses_nothing() {
    let world = World::set(vec![("ROLLCALL_RATE", "12".to_owned())]).await;
    let company = "--people 30 --groups 3 --cycles 2";
    let played = world.result(&format!("simulate entra {company}")).await;
    assert_eq!(played["compared"], true, "{played}");
    assert_eq!(played["differences"], serde_json::json!([]), "{played}");
    let count = |name: &str| played[name].as_u64().expect("a count");
    assert!(count("retries") > count("lostAnswers"), "nobody was asked to slow down: {played}");
}
