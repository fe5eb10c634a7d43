//! TLS to Postgres, as `sslmode` in the database URL says.
//!
//! | `sslmode` | the connection | what is checked |
//! |---|---|---|
//! | `disable` | plain | nothing |
//! | `prefer`, the default | TLS if the server offers it, else plain | nothing: it keeps listeners out, not impostors |
//! | `require`, `verify-ca`, `verify-full` | TLS, or none at all | that an authority vouches for the certificate, that it is in its time, and that it names the host |
//!
//! libpq's `require` checks nothing and its `verify-ca` not the name; ours are stricter, never laxer.
//! The authorities are those in the file that `sslrootcert` names, in PEM; without it, or with
//! `sslrootcert=system`, this machine's. On a Unix socket there is no TLS, whatever the URL says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Why a database URL cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseUrlError {
    /// It is no URL of a database.
    #[error("the database URL cannot be understood; write postgres://user@host/name")]
    Unreadable(#[source] tokio_postgres::Error),
    /// The file with the authorities cannot be used.
    #[error("read the certificate authorities in {} (sslrootcert); write them in PEM", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Where a database is, and how TLS is spoken there.
pub(super) struct Server {
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // It shows no password.
        self.config.fmt(f)
    }
}

/// Reads a database URL, with the parameters that `tokio-postgres` does not know.
pub(super) fn read_url(url: &str) -> Result<Server, DatabaseUrlError> {
    let Parameters { url, authorities } = Parameters::of(url);
    let mut config: Config = url.parse().map_err(DatabaseUrlError::Unreadable)?;
    if config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_))) {
        config.ssl_mode(SslMode::Disable);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .expect("ring has TLS 1.2 and 1.3");
    let checked = config.get_ssl_mode() == SslMode::Require;
    let client = if checked {
        builder.with_root_certificates(roots(authorities)?)
    } else {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
    };
    Ok(Server { config, tls: MakeRustlsConnect::new(client.with_no_client_auth()) })
}

/// A URL, or a list of keywords and values, less what is ours to read.
struct Parameters {
    url: String,
    /// The file that `sslrootcert` names.
    authorities: Option<PathBuf>,
}

impl Parameters {
    fn of(url: &str) -> Self {
        let is_url = url.starts_with("postgres://") || url.starts_with("postgresql://");
        let (front, parameters, separator) = match url.split_once('?') {
            Some((front, parameters)) if is_url => (front, parameters, '&'),
            Some(_) | None if is_url => (url, "", '&'),
            Some(_) | None => ("", url, ' '),
        };
        let mut authorities = None;
        let mut kept = Vec::new();
        for parameter in parameters.split(separator) {
            match parameter.split_once('=') {
                Some(("sslrootcert", file)) => {
                    let file = if is_url {
                        percent_decode_str(file).decode_utf8_lossy()
                    } else {
                        file.into()
                    };
                    authorities = (file != "system").then(|| PathBuf::from(&*file));
                }
                Some(("sslmode", "verify-ca" | "verify-full")) => kept.push("sslmode=require"),
                Some(_) | None => kept.push(parameter),
            }
        }
        let kept = kept.join(&separator.to_string());
        let mark = if front.is_empty() || kept.is_empty() { "" } else { "?" };
        Self { url: format!("{front}{mark}{kept}"), authorities }
    }
}

fn roots(authorities: Option<PathBuf>) -> Result<RootCertStore, DatabaseUrlError> {
    let mut roots = RootCertStore::empty();
    let Some(path) = authorities else {
        // Some machines have certificates that rustls does not take; the others count.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(roots);
    };
    match add_from(&path, &mut roots) {
        Ok(()) => Ok(roots),
        Err(source) => Err(DatabaseUrlError::Authorities { path, source }),
    }
}

fn add_from(
    path: &Path,
    roots: &mut RootCertStore,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    for certificate in CertificateDer::pem_file_iter(path)? {
        roots.add(certificate?)?;
    }
    if roots.is_empty() { Err("it holds no certificate".into()) } else { Ok(()) }
}

/// Takes whatever certificate a server shows, as `prefer` does everywhere.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> (String, Option<PathBuf>) {
        let Parameters { url, authorities } = Parameters::of(url);
        (url, authorities)
    }

    #[test]
    fn what_tokio_postgres_does_not_know_is_taken_out() {
        let plain = "postgres://ada@db/rollcall";
        for url in
            [plain, "postgres://ada@db/x?sslmode=prefer&connect_timeout=3", "host=db user=ada"]
        {
            assert_eq!(read(url), (url.to_owned(), None));
        }
        let (url, file) =
            read("postgres://ada@db/x?sslrootcert=%2Fetc%2Fca.pem&sslmode=verify-full");
        assert_eq!(
            (&*url, file),
            ("postgres://ada@db/x?sslmode=require", Some("/etc/ca.pem".into()))
        );
        let (url, file) = read("host=db sslmode=verify-ca sslrootcert=/etc/ca.pem");
        assert_eq!((&*url, file), ("host=db sslmode=require", Some("/etc/ca.pem".into())));
        assert_eq!(read("postgres://ada@db/rollcall?sslrootcert=system"), (plain.to_owned(), None));
    }

    #[test]
    fn a_unix_socket_has_no_tls_and_the_default_elsewhere_is_to_prefer_it() {
        let mode = |url: &str| read_url(url).expect("a URL").config.get_ssl_mode();
        assert_eq!(mode("postgres://ada@%2Ftmp:5432/x?sslmode=require"), SslMode::Disable);
        assert_eq!(mode("postgres://ada@db/x"), SslMode::Prefer);
        assert_eq!(mode("postgres://ada@db/x?sslmode=verify-full"), SslMode::Require);
    }
}
