//! Whom the verbs trust when they speak TLS to a gateway.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::Args;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

#[derive(Clone, Debug, Args)]
pub(crate) struct Trust {
    /// The certificate, or its authority's, to trust instead of this machine's authorities; PEM
    #[arg(long, env = "ROLLCALL_TLS_CA")]
    tls_ca: Option<PathBuf>,
}

impl Trust {
    /// What is trusted at `url`. The machine's authorities are asked for only where they matter: a
    /// machine may have none, and speak plain HTTP to itself.
    pub(crate) fn at(&self, url: &str) -> anyhow::Result<ClientConfig> {
        let roots = match &self.tls_ca {
            Some(path) => told(path)?,
            None if url.starts_with("https:") => machine()?,
            None => RootCertStore::empty(),
        };
        trusting(roots)
    }
}

/// Trusts nobody: for a gateway that is reached without TLS.
pub(crate) fn nobody() -> anyhow::Result<ClientConfig> {
    trusting(RootCertStore::empty())
}

fn trusting(roots: RootCertStore) -> anyhow::Result<ClientConfig> {
    let provider = rustls::crypto::ring::default_provider();
    Ok(ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .context("set up TLS")?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn told(path: &Path) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(path)
        .with_context(|| format!("read the certificate to trust, {}", path.display()))?;
    for certificate in certificates {
        let certificate = certificate.with_context(|| format!("read {}", path.display()))?;
        roots.add(certificate).with_context(|| format!("trust {}", path.display()))?;
    }
    ensure!(!roots.is_empty(), "{} holds no certificate in PEM", path.display());
    Ok(roots)
}

fn machine() -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    ensure!(!roots.is_empty(), "this machine knows no authority; name one to trust with --tls-ca");
    Ok(roots)
}
