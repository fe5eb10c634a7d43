//! The URL of a receiver.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

use super::addresses::{is_link_local, is_public};

/// How long a URL may be, in bytes.
const LONGEST: usize = 2048;

/// The URL of a receiver. Its path may be a secret, so that it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiverUrl(Url);

/// Whether webhooks may be sent without TLS, and into networks that are not public: on a laptop,
/// or where all receivers are one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// By https to public addresses.
    Public,
    /// By http as well, and to any address but link-local ones.
    Anywhere,
}

impl Reach {
    pub(super) fn permits(self, address: IpAddr) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::Anywhere => !is_link_local(address),
        }
    }
}

/// Why a text is no URL of a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadReceiverUrl {
    /// It is none, or too long.
    #[error("a receiver's URL is like https://example.com/hooks, and has at most 2048 characters")]
    Text,
    /// It begins with something else than https.
    #[error("a receiver's URL begins with https://; http:// is for --allow-private-webhooks")]
    Scheme,
    /// It holds a user name or a password.
    #[error("a receiver's URL holds no user name and no password: webhooks are signed instead")]
    UserInfo,
    /// It holds a fragment, which is never sent.
    #[error("a receiver's URL holds no #")]
    Fragment,
    /// It names an address that is not public.
    #[error(
        "a receiver is on the internet, and this URL names this machine or a private network; send to a public \
         address, or allow private ones (--allow-private-webhooks)"
    )]
    Address,
    /// It names an address where a cloud tells its machines their credentials.
    #[error(
        "a receiver has no link-local address (169.254.0.0/16, fe80::/10), nor one of a cloud's metadata"
    )]
    LinkLocal,
}

impl ReceiverUrl {
    /// Reads a URL, and judges what can be judged without asking for its addresses.
    pub fn parse(text: &str, reach: Reach) -> Result<Self, BadReceiverUrl> {
        if text.len() > LONGEST {
            return Err(BadReceiverUrl::Text);
        }
        let url = Url::parse(text).map_err(|_| BadReceiverUrl::Text)?;
        match (url.scheme(), reach) {
            ("https", _) | ("http", Reach::Anywhere) => {}
            _ => return Err(BadReceiverUrl::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadReceiverUrl::UserInfo);
        }
        if url.fragment().is_some() {
            return Err(BadReceiverUrl::Fragment);
        }
        let host = url.host_str().ok_or(BadReceiverUrl::Text)?;
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        if reach == Reach::Public && is_this_machine(host) {
            return Err(BadReceiverUrl::Address);
        }
        if address.is_ok_and(|address| !reach.permits(address)) {
            return Err(match reach {
                Reach::Public => BadReceiverUrl::Address,
                Reach::Anywhere => BadReceiverUrl::LinkLocal,
            });
        }
        Ok(Self(url))
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }
}

/// Whether a name is that of the machine on which it is looked up (RFC 6761 §6.3). What other names lead to is
/// known when they are connected to.
fn is_this_machine(host: &str) -> bool {
    let name = host.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

impl fmt::Debug for ReceiverUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/…", self.0.origin().ascii_serialization())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> BadReceiverUrl {
        ReceiverUrl::parse(text, Reach::Public).expect_err(text)
    }

    #[test]
    fn a_receiver_is_reached_by_https_on_the_internet() {
        for text in
            ["https://example.com/hooks?a=b", "https://1.1.1.1:8443", "https://[2606:4700::1111]/"]
        {
            ReceiverUrl::parse(text, Reach::Public).expect(text);
        }
        assert_eq!(refused("http://example.com"), BadReceiverUrl::Scheme);
        assert_eq!(refused("file:///etc/passwd"), BadReceiverUrl::Scheme);
        assert_eq!(refused("example.com"), BadReceiverUrl::Text);
        assert_eq!(
            refused(&format!("https://example.com/{}", "a".repeat(2048))),
            BadReceiverUrl::Text
        );
    }

    #[test]
    fn however_an_address_of_ours_is_written_it_is_refused() {
        for text in [
            "https://127.0.0.1",
            "https://127.1",
            "https://2130706433",
            "https://0x7f000001",
            "https://0177.0.0.1",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]",
            "https://[::ffff:10.0.0.1]",
            "https://１２７.0.0.1",
            "https://localhost:8443/hooks",
            "https://LOCALHOST.",
            "https://doors.localhost",
        ] {
            assert_eq!(refused(text), BadReceiverUrl::Address, "{text}");
        }
    }

    #[test]
    fn on_a_laptop_any_address_and_http_will_do() {
        for text in ["http://127.0.0.1:9000/hooks", "http://localhost:9000", "https://10.0.0.1"] {
            ReceiverUrl::parse(text, Reach::Anywhere).expect(text);
        }
        let refused = ReceiverUrl::parse("ftp://10.0.0.1", Reach::Anywhere);
        assert_eq!(refused.expect_err("no web"), BadReceiverUrl::Scheme);
        for text in ["http://169.254.169.254/latest/meta-data", "http://[fe80::1]:9000"] {
            let refused = ReceiverUrl::parse(text, Reach::Anywhere);
            assert_eq!(refused.expect_err(text), BadReceiverUrl::LinkLocal, "{text}");
        }
    }

    #[test]
    fn what_would_be_shown_or_lost_is_refused() {
        assert_eq!(refused("https://user:secret@example.com"), BadReceiverUrl::UserInfo);
        assert_eq!(refused("https://example.com/#part"), BadReceiverUrl::Fragment);
    }

    #[test]
    fn a_path_is_not_shown() {
        let url = ReceiverUrl::parse("https://example.com/hooks/secret", Reach::Public).unwrap();
        assert_eq!(format!("{url:?}"), "https://example.com/…");
    }
}
