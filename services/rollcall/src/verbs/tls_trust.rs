//! Which certificates the verbs trust when they speak TLS to a gateway.

mod pinned_verifier;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use clap::Args;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

use pinned_verifier::PinnedVerifier;

#[derive(Clone, Debug, Args)]
pub(crate) struct TlsTrust {
    /// The gateway's certificate, or its authority's, to trust instead of this machine's; PEM
    #[arg(long, env = "ROLLCALL_TLS_CA")]
    tls_ca: Option<PathBuf>,
}

impl TlsTrust {
    /// Trusts what is in this file, or this machine's authorities.
    pub(crate) fn of(tls_ca: Option<PathBuf>) -> Self {
        Self { tls_ca }
    }

    /// What is trusted at `url`. The machine's authorities are asked for only where they matter: a
    /// machine may have none, and speak plain HTTP to itself.
    pub(crate) fn at(&self, url: &str) -> anyhow::Result<ClientConfig> {
        match &self.tls_ca {
            _ if !is_secure(url) => nobody(),
            Some(path) => told(path),
            None => trusting(machine()?),
        }
    }

    /// Trusts this machine's authorities after all.
    pub(crate) fn forget(&mut self) {
        self.tls_ca = None;
    }

    /// Whether somebody who wants TLS would not get it.
    pub(crate) fn is_wasted_on(&self, url: &str) -> bool {
        self.tls_ca.is_some() && !is_secure(url)
    }
}

pub(crate) fn is_secure(url: &str) -> bool {
    url.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
}

/// Trusts nobody: for a gateway that is reached without TLS.
pub(crate) fn nobody() -> anyhow::Result<ClientConfig> {
    trusting(RootCertStore::empty())
}

fn trusting(roots: RootCertStore) -> anyhow::Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(speaking(provider)?.with_root_certificates(roots).with_no_client_auth())
}

/// A client of TLS, which does not know yet whom it trusts.
fn speaking(
    provider: Arc<CryptoProvider>,
) -> anyhow::Result<ConfigBuilder<ClientConfig, WantsVerifier>> {
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("set up TLS")
}

/// Trusts the certificates in a file, as authorities and as what a gateway shows itself.
fn told(path: &Path) -> anyhow::Result<ClientConfig> {
    let unread = || format!("read {}, which should hold certificates in PEM", path.display());
    let certificates = CertificateDer::pem_file_iter(path).with_context(unread)?;
    let certificates = certificates.collect::<Result<Vec<_>, _>>().with_context(unread)?;
    ensure!(!certificates.is_empty(), "{} holds no certificate in PEM", path.display());
    let mut roots = RootCertStore::empty();
    for certificate in &certificates {
        let bad = || format!("trust what is in {}", path.display());
        roots.add(certificate.clone()).with_context(bad)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let authorities =
        WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(&provider))
            .build()
            .context("set up TLS")?;
    Ok(speaking(provider)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(PinnedVerifier::new(certificates, authorities)))
        .with_no_client_auth())
}

fn machine() -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    ensure!(!roots.is_empty(), "this machine knows no authority; name one to trust with --tls-ca");
    Ok(roots)
}
