//! TLS to Postgres, as the database URL asks for it.
//!
//! The private Postgres listens on a Unix socket, where it speaks no TLS. So a small server in front
//! of it does: it answers the SSL request, and passes on what is inside.

#![expect(clippy::unwrap_used, reason = "clippy takes only `#[test]` functions for tests")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use embedded::for_tests;
use eventlog::sentence;
use projector::Database;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use kit::servers::blocking;

/// A server in front of the private Postgres, and the certificate that it shows, in a file.
struct Front {
    port: u16,
    database: String,
    certificate: PathBuf,
    stranger: PathBuf,
    _dir: tempfile::TempDir,
}

fn certificate(dir: &Path, name: &str) -> (PathBuf, rcgen::CertifiedKey<rcgen::KeyPair>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let file = dir.join(name);
    std::fs::write(&file, made.cert.pem()).unwrap();
    (file, made)
}

impl Front {
    async fn new(speaks_tls: bool) -> Self {
        let url = blocking(|| for_tests().fresh_database()).await;
        let (front, database) = url.rsplit_once('/').unwrap();
        let folder = front.rsplit_once('@').unwrap().1.rsplit_once(':').unwrap().0;
        let folder = percent_encoding::percent_decode_str(folder).decode_utf8().unwrap();
        let socket = format!("{folder}/.s.PGSQL.5432");
        let dir = tempfile::tempdir().unwrap();
        let (certificate, made) = self::certificate(dir.path(), "server.pem");
        let (stranger, _) = self::certificate(dir.path(), "stranger.pem");
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = speaks_tls.then(|| TlsAcceptor::from(Arc::new(config)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (acceptor, socket) = (acceptor.clone(), socket.clone());
                tokio::spawn(async move { drop(serve(client, acceptor, socket).await) });
            }
        });
        Self { port, database: database.to_owned(), certificate, stranger, _dir: dir }
    }

    /// Whether a query goes over TLS to the database with these parameters; else why not.
    async fn connect(&self, parameters: &str) -> Result<(), String> {
        let Self { port, database, .. } = self;
        let url = format!("postgres://rollcall@localhost:{port}/{database}?{parameters}");
        let database = Database::connect(&url, 1).await.map_err(|error| sentence(&error))?;
        let client = database.pool().get().await.unwrap();
        client.query_one("SELECT 1", &[]).await.unwrap();
        Ok(())
    }
}

async fn serve(
    mut client: TcpStream,
    acceptor: Option<TlsAcceptor>,
    socket: String,
) -> std::io::Result<()> {
    let mut first = [0; 8];
    client.read_exact(&mut first).await?;
    let asks_for_tls = first == [0, 0, 0, 8, 4, 210, 22, 47];
    let server = UnixStream::connect(socket).await?;
    match acceptor {
        Some(acceptor) if asks_for_tls => {
            client.write_all(b"S").await?;
            pass_on(acceptor.accept(client).await?, server).await
        }
        None if asks_for_tls => {
            client.write_all(b"N").await?;
            pass_on(client, server).await
        }
        Some(_) | None => {
            let mut server = server;
            server.write_all(&first).await?;
            pass_on(client, server).await
        }
    }
}

async fn pass_on(
    mut client: impl AsyncRead + AsyncWrite + Unpin,
    mut server: UnixStream,
) -> std::io::Result<()> {
    tokio::io::copy_bidirectional(&mut client, &mut server).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_tls_is_trusted_by_its_authority_and_by_no_other() {
    let front = Front::new(true).await;
    let (own, stranger) = (front.certificate.display(), front.stranger.display());
    for mode in ["require", "verify-ca", "verify-full"] {
        let trusted = front.connect(&format!("sslmode={mode}&sslrootcert={own}")).await;
        assert_eq!(trusted, Ok(()), "{mode}");
    }
    let refused = front.connect(&format!("sslmode=require&sslrootcert={stranger}")).await;
    let why = refused.expect_err("a stranger's authority was enough");
    assert!(why.contains("certificate"), "{why}");
    // What is not asked to be checked is not checked, and what is not asked to be TLS is none.
    for parameters in ["", "sslmode=prefer", "sslmode=disable"] {
        assert_eq!(front.connect(parameters).await, Ok(()), "{parameters}");
    }
    let nowhere = front.connect("sslmode=require&sslrootcert=/none.pem").await.unwrap_err();
    assert!(nowhere.contains("/none.pem"), "{nowhere}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_good_enough_unless_it_is_required() {
    let front = Front::new(false).await;
    for parameters in ["", "sslmode=prefer", "sslmode=disable"] {
        assert_eq!(front.connect(parameters).await, Ok(()), "{parameters}");
    }
    let why = front.connect("sslmode=require").await.expect_err("it speaks no TLS");
    assert!(why.contains("TLS"), "{why}");
}
