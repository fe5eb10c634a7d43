//! The sockets on which an `up` listens.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use web::Certificate;

use super::options::UpOptions;
use crate::roles;

/// The address under which this machine reaches a listener at `address`: loopback, if it listens on
/// all interfaces.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        IpAddr::V4(_) | IpAddr::V6(_) => {}
    }
    address
}

/// The listener for clients, and with TLS a plain one on loopback for the verbs on this machine,
/// which know neither the certificate's authority nor its name. Without TLS the verbs use the
/// clients' listener by its address, since the public URL may lead through a proxy.
pub(super) struct Listeners {
    pub(super) public: TcpListener,
    pub(super) public_url: String,
    pub(super) certificate: Option<Arc<Certificate>>,
    pub(super) for_verbs: Option<TcpListener>,
    pub(super) url_for_verbs: String,
}

impl Listeners {
    pub(super) async fn open(options: &UpOptions) -> anyhow::Result<Self> {
        let certificate = options.tls.certificate()?;
        let secure = certificate.is_some();
        let public_url = options.public_url.as_deref();
        let (public, public_url) = roles::listen(options.listen, public_url, secure).await?;
        let (for_verbs, url_for_verbs) = if secure {
            let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let (listener, url) = roles::listen(anywhere, None, false).await?;
            (Some(listener), url)
        } else {
            (None, format!("http://{}", reachable(public.local_addr()?)))
        };
        Ok(Self { public, public_url, certificate, for_verbs, url_for_verbs })
    }
}
