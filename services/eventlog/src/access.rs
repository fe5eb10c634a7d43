//! How one gets into a NATS server: by user and password, or by a credentials file; in the clear or
//! over TLS.
//!
//! Nothing here is ever shown: `Debug` and errors name files and hosts, not what is secret.

use std::path::PathBuf;

use async_nats::ConnectOptions;
use percent_encoding::percent_decode_str;

use crate::error::LogError;

/// What a client needs beside the server's URL. The default is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// A file with a user's JWT and seed, as `nsc` writes it. It counts before the URL's user and
    /// password, and is read anew for each connection.
    pub credentials: Option<PathBuf>,
    /// Certificate authorities in PEM that are trusted besides this machine's. The connection then
    /// has to be TLS, as with a `tls://` URL.
    pub ca: Option<PathBuf>,
}

/// A server, or several of one cluster, and how one gets in.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) access: Access,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("url", &self.shown_url())
            .field("access", &self.access)
            .finish()
    }
}

impl Server {
    /// The hosts to try, in order.
    pub(crate) fn hosts(&self) -> Vec<&str> {
        self.url.split(',').map(str::trim).collect()
    }

    /// `options` with what is needed to get in.
    pub(crate) async fn authorize(
        &self,
        mut options: ConnectOptions,
    ) -> Result<ConnectOptions, LogError> {
        if let Some(ca) = &self.access.ca {
            let shown = || ca.display().to_string();
            // The client would say which file only as the cause of a failed connection.
            tokio::fs::metadata(ca)
                .await
                .map_err(|source| LogError::Authorities { path: shown(), source: source.into() })?;
            options = options.add_root_certificates(ca.clone()).require_tls(true);
        }
        if let Some(file) = &self.access.credentials {
            return options.credentials_file(file).await.map_err(|source| LogError::Credentials {
                path: file.display().to_string(),
                source: source.into(),
            });
        }
        Ok(match user_and_password(&self.url) {
            Some((user, password)) => {
                options.custom_inbox_prefix(inbox_prefix(&user)).user_and_password(user, password)
            }
            None => options,
        })
    }

    /// The URL without user and password, fit to be shown.
    pub(crate) fn shown_url(&self) -> String {
        without_password(&self.url)
    }
}

/// The URL of a server, or of several, without user and password.
pub fn without_password(url: &str) -> String {
    let shown = |server: &str| match server.trim().rsplit_once('@') {
        Some((front, host)) => {
            let scheme = front.split_once("://").map(|(scheme, _)| format!("{scheme}://"));
            format!("{}{host}", scheme.unwrap_or_default())
        }
        None => server.trim().to_owned(),
    };
    url.split(',').map(shown).collect::<Vec<_>>().join(",")
}

/// User and password, as the first server's URL tells them: the client does not look there.
fn user_and_password(url: &str) -> Option<(String, String)> {
    let server: async_nats::ServerAddr = url.split(',').next()?.trim().parse().ok()?;
    let decoded = |text: &str| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
    Some((decoded(server.username()?)?, decoded(server.password()?)?))
}

/// The prefix of the subjects on which answers arrive: one of the user's own, so that the server can
/// keep users from reading each other's answers.
fn inbox_prefix(user: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !user.is_empty() && user.chars().all(plain) {
        format!("_INBOX_{user}")
    } else {
        "_INBOX".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_may_carry_user_and_password() {
        let both = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
        assert_eq!(user_and_password("nats://ada:s%2F3@db:4222, nats://b:1"), both("ada", "s/3"));
        assert_eq!(user_and_password("nats://db:4222"), None);
    }

    #[test]
    fn answers_come_in_where_no_other_user_listens() {
        assert_eq!(inbox_prefix("ingest"), "_INBOX_ingest");
        for odd in ["", "a.b", "a>", "a b", "*"] {
            assert_eq!(inbox_prefix(odd), "_INBOX", "{odd:?} is no part of a subject");
        }
    }

    #[test]
    fn an_error_shows_where_but_not_the_password() {
        let shown = |url: &str| {
            let server = Server { url: url.to_owned(), access: Access::default() };
            assert!(!format!("{server:?}").contains("s3cret"));
            server.shown_url()
        };
        assert_eq!(shown("nats://ada:s3cret@db:4222"), "nats://db:4222");
        assert_eq!(shown("nats://a:b@x:1, y:2"), "nats://x:1,y:2");
    }
}
