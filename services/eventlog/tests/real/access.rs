//! Getting in: TLS, user and password, credentials files.

#![expect(clippy::unwrap_used, reason = "clippy takes only `#[test]` functions for tests")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use embedded::Nats;
use eventlog::{Access, Log, LogError, LogOptions};
use nkeys::KeyPair;
use serde_json::{Value, json};

use kit::log_writer::Writer;
use kit::servers::blocking;

/// A server with these settings beside those for its store.
async fn nats(settings: String) -> Nats {
    let started = blocking(move || {
        Nats::start_for_tests_with(|store| {
            format!("jetstream {{ store_dir: {} }}\n{settings}", json!(store))
        })
    });
    started.await.expect("start nats-server")
}

fn options(access: Access) -> LogOptions {
    LogOptions { access, patience: Duration::ZERO, ..LogOptions::default() }
}

/// A certificate for this machine that signs itself, in two files.
fn certificate(dir: &Path, name: &str) -> (PathBuf, PathBuf) {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let [cert, key] = ["cert", "key"].map(|kind| dir.join(format!("{name}-{kind}.pem")));
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (cert, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_tls_is_trusted_by_its_authority_and_by_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let (cert, key) = certificate(dir.path(), "server");
    let (stranger, _) = certificate(dir.path(), "stranger");
    let nats = nats(format!(
        "tls {{ cert_file: {}, key_file: {} }}\nauthorization {{ user: ada, password: s3cret }}",
        json!(cert),
        json!(key)
    ))
    .await;
    let url = |scheme: &str| format!("{scheme}://ada:s3cret@127.0.0.1:{}", nats.port());
    let trusting = |ca: &Path| Access { ca: Some(ca.to_owned()), ..Access::default() };

    let log = Log::open(&url("tls"), options(trusting(&cert))).await.expect("it is trusted");
    let mut writer = Writer::new(log);
    writer.write(2).await;
    // With an authority, the connection is TLS whatever the URL says.
    Log::open(&url("nats"), options(trusting(&cert))).await.expect("it is trusted");
    for access in [trusting(&stranger), Access::default()] {
        let refused = Log::open(&url("tls"), options(access)).await.unwrap_err();
        let told = eventlog::sentence(&refused);
        assert!(matches!(refused, LogError::Connect { .. }), "{told}");
        assert!(told.contains("certificate") && !told.contains("s3cret"), "{told}");
    }
    let nowhere = Log::open(&url("tls"), options(trusting(&dir.path().join("none.pem")))).await;
    let told = nowhere.unwrap_err().to_string();
    assert!(told.contains("none.pem"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_authority_nobody_speaks_to_a_server_without_tls() {
    let dir = tempfile::tempdir().unwrap();
    let (cert, _) = certificate(dir.path(), "server");
    let nats = nats(String::new()).await;
    let access = Access { ca: Some(cert), ..Access::default() };
    let refused = Log::open(&nats.url(), options(access)).await.unwrap_err();
    assert!(matches!(refused, LogError::Connect { .. }), "{refused:?}");
}

/// A JWT as NATS has them, signed by `issuer`.
fn jwt(issuer: &KeyPair, subject: &KeyPair, name: &str, nats: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({
        "jti": name, "iat": 1, "iss": issuer.public_key(), "sub": subject.public_key(),
        "name": name, "nats": nats,
    });
    let head = part(&json!({ "typ": "JWT", "alg": "ed25519-nkey" }));
    let signed = format!("{head}.{}", part(&claims));
    let signature = issuer.sign(signed.as_bytes()).expect("a signature");
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

fn credentials(user: &KeyPair, jwt: &str) -> String {
    format!(
        "-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
        user.seed().expect("a seed")
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credentials_file_lets_its_user_in() {
    let (operator, account, system) =
        (KeyPair::new_operator(), KeyPair::new_account(), KeyPair::new_account());
    let limits = json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true,
        "conn": -1, "leaf": -1, "mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1,
    });
    let of_account = json!({ "type": "account", "version": 2, "limits": limits });
    let of_operator = json!({ "type": "operator", "version": 2 });
    let nats = nats(format!(
        "operator: {}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload {{\n{}: {}\n{}: {}\n}}",
        jwt(&operator, &operator, "operator", &of_operator),
        system.public_key(),
        account.public_key(),
        jwt(&operator, &account, "rollcall", &of_account),
        system.public_key(),
        jwt(&operator, &system, "system", &json!({ "type": "account", "version": 2 })),
    ))
    .await;
    let dir = tempfile::tempdir().unwrap();
    let of_user = json!({ "type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1 });
    let user = KeyPair::new_user();
    let file = dir.path().join("ingest.creds");
    let theirs = credentials(&user, &jwt(&account, &user, "ingest", &of_user));
    std::fs::write(&file, &theirs).unwrap();
    let access = Access { credentials: Some(file.clone()), ..Access::default() };

    let log = Log::open(&nats.url(), options(access.clone())).await.expect("the user is let in");
    Writer::new(log).write(2).await;
    Log::open(&nats.url(), options(Access::default())).await.expect_err("nobody else is");
    let seed = user.seed().unwrap();
    // Somebody else's signature, and a file that is none.
    let forged = credentials(&user, &jwt(&KeyPair::new_account(), &user, "ingest", &of_user));
    for (text, names_file) in [(forged, false), (theirs.replace(&*seed, "SUX"), true)] {
        std::fs::write(&file, text).unwrap();
        let refused = Log::open(&nats.url(), options(access.clone())).await.unwrap_err();
        let told = format!("{} {refused:?}", eventlog::sentence(&refused));
        assert!(!told.contains(&*seed), "{told}");
        assert_eq!(matches!(refused, LogError::Credentials { .. }), names_file, "{told}");
    }
}
