//! At which `OpenID` provider administrators sign in to the portal.

use std::path::PathBuf;

use anyhow::Context as _;
use cipher::Cipher;
use clap::Args;
use eventlog::Log;
use portal::OidcSettings;

use crate::verbs::tls_trust::TlsTrust;

/// The key that all replicas share, under which browsers keep what they need to come back.
const KEY: &str = "portal";
/// A provider that takes longer is away.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Sign-in to the portal")]
pub(crate) struct OidcArgs {
    /// The OpenID provider at which administrators sign in, as it names itself. Of Entra:
    /// `https://login.microsoftonline.com/<directory id>/v2.0`
    ///
    /// There, the program is registered with the redirect URI `<public URL>/sign-in/provider/back`.
    #[arg(long, env = "ROLLCALL_OIDC_ISSUER", requires = "oidc_client_id")]
    oidc_issuer: Option<String>,
    /// The client id (Entra: application id) of the program's registration there
    #[arg(long, env = "ROLLCALL_OIDC_CLIENT_ID")]
    oidc_client_id: Option<String>,
    /// A file with the client secret of that registration; none for a public client
    #[arg(long, env = "ROLLCALL_OIDC_CLIENT_SECRET_FILE", value_name = "FILE")]
    oidc_client_secret_file: Option<PathBuf>,
    /// What the provider is called on the page to sign in
    #[arg(long, env = "ROLLCALL_OIDC_NAME", default_value = "Microsoft Entra ID")]
    oidc_name: String,
    /// Let in who was invited by an address that the provider does not say it has verified
    ///
    /// Only for a provider at which nobody but your own administrators writes addresses.
    #[arg(long, env = "ROLLCALL_OIDC_TRUST_EMAIL")]
    oidc_trust_email: bool,
}

impl OidcArgs {
    /// The provider, if one is named.
    pub(crate) async fn settings(&self, log: &Log) -> anyhow::Result<Option<OidcSettings>> {
        let (Some(issuer), Some(client_id)) = (&self.oidc_issuer, &self.oidc_client_id) else {
            return Ok(None);
        };
        let client_secret = self.oidc_client_secret_file.as_ref().map(|path| {
            let unread = || format!("read {}, which should hold the client secret", path.display());
            let text = std::fs::read_to_string(path).with_context(unread)?;
            anyhow::Ok(text.trim().to_owned())
        });
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .tls_backend_preconfigured(TlsTrust::of(None).at(issuer)?)
            .build();
        Ok(Some(OidcSettings {
            issuer: issuer.clone(),
            client_id: client_id.clone(),
            client_secret: client_secret.transpose()?,
            name: self.oidc_name.clone(),
            trust_email: self.oidc_trust_email,
            http: http.context("set up an HTTP client for the OpenID provider")?,
            cipher: Cipher::new(&log.shared_key(KEY).await?),
        }))
    }
}
