//! The TLS certificate of a service, which is loaded again when its files change.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use events::Digest;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// How often the files are looked at.
const RELOAD_CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// Where a certificate and its key are, in PEM.
#[derive(Clone, Debug)]
pub struct CertificateFiles {
    /// The certificate, followed by those that it was signed with.
    pub chain: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Why a certificate cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum BadCertificate {
    /// A file could not be read.
    #[error("read {}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// This file holds no certificate.
    #[error("{} holds no certificate in PEM", .0.display())]
    NoCertificate(PathBuf),
    /// A file holds no private key.
    #[error("{} holds no private key in PEM", .path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: rustls::pki_types::pem::Error,
    },
    /// The key is not that of the certificate.
    #[error("the certificate and the key do not make a pair")]
    NoPair(#[source] rustls::Error),
}

/// The certificate that is shown now. New connections get a newer one as soon as its files are
/// there; those that are open stay as they are.
#[derive(Debug)]
pub struct Certificate {
    files: CertificateFiles,
    shown: ArcSwap<ServerConfig>,
    /// What was in the files when they were last looked at.
    seen: ArcSwap<Digest>,
}

impl Certificate {
    /// Reads the files.
    pub fn load(files: CertificateFiles) -> Result<Self, BadCertificate> {
        let pair = Pair::read(&files)?;
        let seen = ArcSwap::from_pointee(pair.digest());
        let shown = ArcSwap::from_pointee(pair.config(&files)?);
        Ok(Self { files, shown, seen })
    }

    pub(super) fn current(&self) -> Arc<ServerConfig> {
        self.shown.load_full()
    }

    /// Looks at the files again and again; never ends.
    pub(super) async fn keep_fresh(&self) {
        loop {
            tokio::time::sleep(RELOAD_CHECK_INTERVAL).await;
            match self.look_again() {
                Ok(false) => {}
                Ok(true) => tracing::info!("a new certificate is shown from now on"),
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(error, "the new certificate is no good; the old one stays");
                }
            }
        }
    }

    /// Shows what is in the files, if it is new; says whether it is. What is no good is told once.
    fn look_again(&self) -> Result<bool, BadCertificate> {
        let pair = match Pair::read(&self.files) {
            Ok(pair) => pair,
            // The files are being replaced, perhaps; while they are away there is nothing new.
            Err(error) => {
                let gone = Digest::of(error.to_string().as_bytes());
                return if self.is_new(gone) { Err(error) } else { Ok(false) };
            }
        };
        if !self.is_new(pair.digest()) {
            return Ok(false);
        }
        self.shown.store(Arc::new(pair.config(&self.files)?));
        Ok(true)
    }

    fn is_new(&self, digest: Digest) -> bool {
        *self.seen.swap(Arc::new(digest)) != digest
    }
}

/// What is in the two files.
struct Pair {
    chain: Vec<u8>,
    key: Vec<u8>,
}

impl Pair {
    fn read(files: &CertificateFiles) -> Result<Self, BadCertificate> {
        let read = |path: &PathBuf| {
            let unreadable = |source| BadCertificate::Unreadable { path: path.clone(), source };
            std::fs::read(path).map_err(unreadable)
        };
        Ok(Self { chain: read(&files.chain)?, key: read(&files.key)? })
    }

    fn digest(&self) -> Digest {
        let (chain, key) = (Digest::of(&self.chain), Digest::of(&self.key));
        Digest::of(&[chain.0, key.0].concat())
    }

    fn config(&self, files: &CertificateFiles) -> Result<ServerConfig, BadCertificate> {
        let chain: Vec<_> =
            CertificateDer::pem_slice_iter(&self.chain).filter_map(Result::ok).collect();
        if chain.is_empty() {
            return Err(BadCertificate::NoCertificate(files.chain.clone()));
        }
        let key = PrivateKeyDer::from_pem_slice(&self.key);
        let key =
            key.map_err(|source| BadCertificate::NoKey { path: files.key.clone(), source })?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .expect("ring speaks both versions")
            .with_no_client_auth()
            .with_single_cert(chain, key);
        let mut config = config.map_err(BadCertificate::NoPair)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

#[cfg(test)]
mod tests;
