//! To which addresses webhooks may be sent: to public ones, so that no receiver's URL reaches into
//! the network that we stand in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use ipnet::{Ipv4Net, Ipv6Net};

/// Addresses of IPv4 that are not somebody's on the internet (RFC 6890 and its registry).
const NOT_PUBLIC_V4: [&str; 16] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    // Where Azure's machines find what the host tells them. It looks public.
    "168.63.129.16/32",
];

/// The part of IPv6 that is handed out.
const HANDED_OUT_V6: &str = "2000::/3";

/// What of it is not somebody's, or stands for an address of IPv4.
const NOT_PUBLIC_V6: [&str; 4] = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

/// What stands for an address of IPv4 where a network translates (RFC 6052).
const TRANSLATED: &str = "64:ff9b::/96";

/// Where machines of a cloud find what their host tells them, credentials too (RFC 3927, RFC 4291; Azure's and
/// Alibaba's addresses, and Amazon's of IPv6). No receiver has such an address, in a network of one's own either.
const LINK_LOCAL_V4: [&str; 3] = ["169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32"];
const LINK_LOCAL_V6: [&str; 2] = ["fe80::/10", "fd00:ec2::254/128"];

struct Networks {
    not_public_v4: Vec<Ipv4Net>,
    handed_out_v6: Ipv6Net,
    not_public_v6: Vec<Ipv6Net>,
    translated: Ipv6Net,
    link_local_v4: Vec<Ipv4Net>,
    link_local_v6: Vec<Ipv6Net>,
}

static NETWORKS: LazyLock<Networks> = LazyLock::new(|| {
    let v4 = |text: &str| text.parse().expect("a network of IPv4");
    let v6 = |text: &str| text.parse().expect("a network of IPv6");
    Networks {
        not_public_v4: NOT_PUBLIC_V4.into_iter().map(v4).collect(),
        handed_out_v6: v6(HANDED_OUT_V6),
        not_public_v6: NOT_PUBLIC_V6.into_iter().map(v6).collect(),
        translated: v6(TRANSLATED),
        link_local_v4: LINK_LOCAL_V4.into_iter().map(v4).collect(),
        link_local_v6: LINK_LOCAL_V6.into_iter().map(v6).collect(),
    }
});

/// Whether somebody on the internet has this address.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// Whether nothing is sent there, whatever the operator allows.
pub(super) fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_link_local_v4(v4),
        IpAddr::V6(v6) => {
            let inner = v4_within(v6);
            inner.is_some_and(is_link_local_v4)
                || NETWORKS.link_local_v6.iter().any(|network| network.contains(&v6))
        }
    }
}

fn is_link_local_v4(address: Ipv4Addr) -> bool {
    NETWORKS.link_local_v4.iter().any(|network| network.contains(&address))
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !NETWORKS.not_public_v4.iter().any(|network| network.contains(&address))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = v4_within(address) {
        return is_public_v4(v4);
    }
    NETWORKS.handed_out_v6.contains(&address)
        && !NETWORKS.not_public_v6.iter().any(|network| network.contains(&address))
}

/// The address of IPv4 that one of IPv6 stands for.
fn v4_within(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let translated = || {
        let [.., a, b, c, d] = address.octets();
        NETWORKS.translated.contains(&address).then(|| Ipv4Addr::new(a, b, c, d))
    };
    address.to_ipv4_mapped().or_else(translated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_clouds_keep_credentials_is_link_local_and_other_inner_addresses_are_not() {
        for text in [
            "169.254.169.254",
            "169.254.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::169.254.169.254",
            "168.63.129.16",
            "100.100.100.200",
            "fe80::1",
            "febf::1",
            "fd00:ec2::254",
        ] {
            assert!(is_link_local(text.parse().unwrap()), "{text}");
        }
        for text in ["127.0.0.1", "10.0.0.1", "192.168.1.1", "1.1.1.1", "::1", "fd00::1"] {
            assert!(!is_link_local(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn addresses_on_the_internet_are_public() {
        for text in ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
        assert!(is_public("::ffff:1.1.1.1".parse().unwrap()));
        assert!(is_public("64:ff9b::1.1.1.1".parse().unwrap()));
    }

    #[test]
    fn addresses_of_our_own_network_are_not() {
        let inside = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.18.0.1",
            "168.63.129.16",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for text in inside {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
    }
}
