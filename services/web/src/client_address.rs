//! The address that a request counts for.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

/// The header in which proxies tell whom they speak for, the nearest last.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client that a request came from: that of the connection, or, if a trusted
/// proxy holds the connection, the one that the proxy names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// What is counted as one client. Whoever has one IPv6 address has 2^64 of them.
    pub(crate) fn network(self) -> IpAddr {
        match self.0.to_canonical() {
            v4 @ IpAddr::V4(_) => v4,
            IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        }
    }
}

/// Addresses of proxies: `10.0.0.7` or `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyNetwork(IpNet);

/// A text that names no addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an address nor a network; write 10.0.0.7, 10.0.0.0/8 or fd00::/8")]
pub struct BadProxyNetwork(String);

impl FromStr for ProxyNetwork {
    type Err = BadProxyNetwork;

    fn from_str(text: &str) -> Result<Self, BadProxyNetwork> {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map(Self).map_err(|_| BadProxyNetwork(text.to_owned()))
    }
}

/// The proxies whose word about client addresses is believed.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<[ProxyNetwork]>);

impl TrustedProxies {
    /// Believes the proxies in these networks.
    pub fn new(networks: impl IntoIterator<Item = ProxyNetwork>) -> Self {
        Self(networks.into_iter().collect())
    }

    pub(crate) fn include(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|ProxyNetwork(network)| network.contains(&address))
    }

    /// Whom a request came from, by the connection that it came on and what proxies say: the last
    /// address in `X-Forwarded-For` that is no trusted proxy's. Everything before that one is the
    /// client's own word, which is not believed.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        let mut client = peer.to_canonical();
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let mut hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
        while self.include(client) {
            // A hop that cannot be read was not written by a trusted proxy.
            let Some(next) = hops.next().and_then(address) else { break };
            client = next.to_canonical();
        }
        ClientAddress(client)
    }
}

/// An address as proxies write it: alone, in brackets, or with a port.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let alone = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    alone.parse().or_else(|_| hop.parse().map(|socket: SocketAddr| socket.ip())).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn client(trusted: &[&str], peer: &str, lines: &[&str]) -> IpAddr {
        let proxies = TrustedProxies::new(trusted.iter().map(|text| text.parse().unwrap()));
        let line = |line: &&str| (FORWARDED_FOR, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        proxies.client(ip(peer), &lines.iter().map(line).collect()).0
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(client(&[], "10.0.0.7", &["192.0.2.1"]), ip("10.0.0.7"));
        assert_eq!(client(&["10.0.0.8"], "10.0.0.7", &["192.0.2.1"]), ip("10.0.0.7"));
        assert_eq!(client(&["10.0.0.7"], "10.0.0.7", &["192.0.2.1"]), ip("192.0.2.1"));
        assert_eq!(client(&["10.0.0.0/8"], "::ffff:10.0.0.7", &["192.0.2.1"]), ip("192.0.2.1"));
    }

    #[test]
    fn the_last_address_that_is_no_proxy_s_counts_and_what_the_client_wrote_does_not() {
        let trusted = ["10.0.0.0/8", "fd00::/8"];
        let told = |lines: &[&str]| client(&trusted, "10.0.0.7", lines);
        assert_eq!(told(&["198.51.100.9, 192.0.2.1"]), ip("192.0.2.1"));
        assert_eq!(told(&["198.51.100.9, 192.0.2.1, fd00::1, 10.0.0.9"]), ip("192.0.2.1"));
        assert_eq!(told(&["198.51.100.9", "192.0.2.1"]), ip("192.0.2.1"), "of several lines, too");
        assert_eq!(told(&["10.0.0.1, 10.0.0.2"]), ip("10.0.0.1"), "a proxy itself asks");
    }

    #[test]
    fn what_cannot_be_read_leaves_the_proxy_that_said_it() {
        let told = |line: &str| client(&["10.0.0.7", "10.0.0.8"], "10.0.0.7", &[line]);
        for line in ["", "unknown", "192.0.2.1, _hidden", "é", "192.0.2.1,"] {
            assert_eq!(told(line), ip("10.0.0.7"), "{line:?}");
        }
        assert_eq!(told("192.0.2.1, nobody, 10.0.0.8"), ip("10.0.0.8"));
    }

    #[test]
    fn ports_and_brackets_do_not_matter() {
        let told = |line: &str| client(&["10.0.0.7"], "10.0.0.7", &[line]);
        assert_eq!(told("192.0.2.1:4711"), ip("192.0.2.1"));
        assert_eq!(told("[2001:db8::1]:4711"), ip("2001:db8::1"));
        assert_eq!(told("[2001:db8::1]"), ip("2001:db8::1"));
    }

    #[test]
    fn a_network_of_ipv6_addresses_counts_as_one_client() {
        let network = |text: &str| ClientAddress(ip(text)).network();
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), ip("192.0.2.1"));
    }

    #[test]
    fn a_proxy_is_named_by_an_address_or_a_network() {
        for good in ["10.0.0.7", "10.0.0.0/8", "::1", "fd00::/8"] {
            good.parse::<ProxyNetwork>().unwrap();
        }
        for bad in ["", "proxy.example", "10.0.0.0/33", "10.0.0.0/-1"] {
            bad.parse::<ProxyNetwork>().unwrap_err();
        }
    }
}
