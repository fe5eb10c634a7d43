//! TLS is 1.2 or 1.3, and a new certificate is taken without a restart.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;

use super::super::{ServerOptions, serve};
use super::*;

/// A service with a certificate, and whoever may sign the next one.
struct Running {
    dir: TempDir,
    address: SocketAddr,
    shown: CertificateDer<'static>,
}

impl Running {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (files, shown) = pair_in(&dir);
        let certificate = Arc::new(Certificate::load(files).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(async || "hello"));
        let stop = CancellationToken::new();
        let options = ServerOptions { certificate: Some(certificate), ..ServerOptions::default() };
        tokio::spawn(serve(listener, move || router.clone(), options, stop));
        Self { dir, address, shown }
    }

    /// A connection by a client who trusts this certificate alone.
    async fn connect(
        &self,
        trusted: &CertificateDer<'static>,
        version: &'static SupportedProtocolVersion,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.clone()).unwrap();
        let config =
            ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
                .with_protocol_versions(&[version])
                .unwrap()
                .with_root_certificates(roots)
                .with_no_client_auth();
        let line = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, line).await
    }

    /// What a client hears who speaks no TLS, or none of today's.
    async fn hear(&self, said: &[u8]) -> Vec<u8> {
        let mut line = TcpStream::connect(self.address).await.unwrap();
        line.write_all(said).await.unwrap();
        let mut heard = Vec::new();
        line.read_to_end(&mut heard).await.ok();
        heard
    }
}

/// Puts a new certificate and its key into `dir`, in place of those that may be there.
fn pair_in(dir: &TempDir) -> (CertificateFiles, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let files =
        CertificateFiles { chain: dir.path().join("cert.pem"), key: dir.path().join("key.pem") };
    std::fs::write(&files.chain, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    (files, made.cert.der().clone())
}

async fn ask(line: &mut TlsStream<TcpStream>) -> String {
    line.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut heard = String::new();
    while !heard.ends_with("hello") {
        let mut some = [0; 1024];
        let length = line.read(&mut some).await.unwrap();
        assert!(length > 0, "the connection was closed after {heard:?}");
        heard.push_str(std::str::from_utf8(&some[..length]).unwrap());
    }
    heard
}

#[tokio::test]
async fn a_client_may_speak_tls_1_3_or_1_2() {
    let running = Running::start().await;
    for (offered, agreed) in [
        (&rustls::version::TLS13, ProtocolVersion::TLSv1_3),
        (&rustls::version::TLS12, ProtocolVersion::TLSv1_2),
    ] {
        let mut line = running.connect(&running.shown, offered).await.unwrap();
        assert_eq!(line.get_ref().1.protocol_version(), Some(agreed));
        assert!(ask(&mut line).await.starts_with("HTTP/1.1 200 "));
    }
}

#[tokio::test]
async fn tls_1_1_is_refused() {
    let running = Running::start().await;
    // A ClientHello of TLS 1.1 (RFC 4346 §7.4.1.2): version, random, no session, two suites, no
    // compression, and one extension, the signatures that it knows.
    let signatures = [0, 8, 0, 13, 0, 4, 0, 2, 4, 3];
    let body = [&[3, 2][..], &[7; 32], &[0, 0, 4, 0xc0, 0x13, 0, 0x2f, 1, 0], &signatures].concat();
    let length = u8::try_from(body.len()).unwrap();
    let hello = [&[22, 3, 1, 0, length + 4, 1, 0, 0, length][..], &body].concat();
    let heard = running.hear(&hello).await;
    // A fatal alert (21) that says protocol_version (70).
    assert_eq!((heard[0], &heard[5..]), (21, &[2, 70][..]), "{heard:?}");
}

#[tokio::test]
async fn plain_http_gets_no_answer_and_harms_nobody() {
    let running = Running::start().await;
    let heard = running.hear(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(!heard.starts_with(b"HTTP"), "{heard:?}");
    let mut line = running.connect(&running.shown, &rustls::version::TLS13).await.unwrap();
    ask(&mut line).await;
}

#[tokio::test]
async fn a_new_certificate_is_shown_and_open_connections_go_on() {
    let running = Running::start().await;
    let mut open = running.connect(&running.shown, &rustls::version::TLS13).await.unwrap();
    ask(&mut open).await;
    let (_, newer) = pair_in(&running.dir);
    let asked = std::time::Instant::now();
    let mut line = loop {
        if let Ok(line) = running.connect(&newer, &rustls::version::TLS13).await {
            break line;
        }
        assert!(asked.elapsed() < Duration::from_mins(1), "the new certificate is never shown");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    ask(&mut line).await;
    ask(&mut open).await;
}

#[test]
fn a_pair_that_is_no_good_leaves_the_old_one_and_is_told_once() {
    let dir = tempfile::tempdir().unwrap();
    let (files, _) = pair_in(&dir);
    let certificate = Certificate::load(files.clone()).unwrap();
    let before = certificate.current();
    assert!(!certificate.look_again().unwrap(), "nothing is new");

    let other = tempfile::tempdir().unwrap();
    std::fs::copy(pair_in(&other).0.key, &files.key).unwrap();
    assert!(matches!(certificate.look_again(), Err(BadCertificate::NoPair(_))));
    assert!(!certificate.look_again().unwrap(), "it was told already");
    std::fs::remove_file(&files.chain).unwrap();
    assert!(matches!(certificate.look_again(), Err(BadCertificate::Unreadable { .. })));
    assert!(Arc::ptr_eq(&before, &certificate.current()));

    pair_in(&dir);
    assert!(certificate.look_again().unwrap(), "a good pair is shown");
}

#[test]
fn a_service_does_not_start_with_a_pair_that_is_no_good() {
    let dir = tempfile::tempdir().unwrap();
    let (files, _) = pair_in(&dir);
    let swapped = CertificateFiles { chain: files.key.clone(), key: files.chain.clone() };
    assert!(matches!(Certificate::load(swapped), Err(BadCertificate::NoCertificate(_))));
    let missing = CertificateFiles { key: dir.path().join("none.pem"), ..files };
    assert!(matches!(Certificate::load(missing), Err(BadCertificate::Unreadable { .. })));
}
