//! Where the server and its resources are.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::ClientError;

/// The two kinds of resource that are provisioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceType {
    /// A user.
    User,
    /// A group.
    Group,
}

impl ResourceType {
    pub(super) fn endpoint(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }
}

/// An address as given by a person, without what may trail it.
pub(crate) fn base_url(url: &str) -> Result<String, ClientError> {
    let base = without_query(url).trim_end_matches('/').to_owned();
    let uri: http::Uri =
        base.parse().map_err(|_| ClientError::BadUrl { url: without_query(url) })?;
    match (uri.scheme_str(), uri.host()) {
        (Some("http" | "https"), Some(_)) => Ok(base),
        _ => Err(ClientError::BadUrl { url: without_query(url) }),
    }
}

/// Where a resource is. Its id is the server's, and opaque.
pub(super) fn place(resource_type: ResourceType, id: &str) -> String {
    format!("{}/{}", resource_type.endpoint(), utf8_percent_encode(id, SEGMENT))
}

/// What does not stand in a segment of a path as it is (RFC 3986 §2.3).
pub(crate) const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A path or URL without what a query may hold: names of people.
pub(super) fn without_query(path: &str) -> String {
    path.split('?').next().unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_may_trail_a_slash_or_a_flag() {
        assert_eq!(base_url("https://h/scim/v2/t").unwrap(), "https://h/scim/v2/t");
        for pasted in [
            "http://h:1/scim/v2/t",
            "http://h:1/scim/v2/t/",
            "http://h:1/scim/v2/t/?aadOptscim062020",
        ] {
            assert_eq!(base_url(pasted).unwrap(), "http://h:1/scim/v2/t");
        }
    }

    #[test]
    fn a_base_url_is_http_or_https_and_has_a_host() {
        for wrong in ["", "h:1/scim", "ftp://h/scim", "/scim/v2"] {
            assert!(base_url(wrong).is_err(), "{wrong} was taken");
        }
    }
}
