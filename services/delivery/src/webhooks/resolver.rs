//! From a receiver's name to the addresses that are connected to.
//!
//! Each connection asks, and goes to an address that was judged here: there is no second look-up whose
//! answer could be another.

use std::error::Error;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use super::receiver_url::Reach;

/// How many names are looked up at once. Each takes a thread, for as long as a name server likes.
const LOOK_UPS: usize = 32;

/// Looks up names, and lets through addresses to which webhooks may be sent.
#[derive(Debug)]
pub(super) struct Resolver {
    reach: Reach,
    turns: Arc<Semaphore>,
}

/// Why a name leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NowhereToSend {
    #[error("the receiver's name has no address")]
    NoAddress,
    #[error("the receiver's name has no address to which webhooks may be sent")]
    Forbidden,
}

impl Resolver {
    pub(super) fn new(reach: Reach) -> Self {
        Self { reach, turns: Arc::new(Semaphore::new(LOOK_UPS)) }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, turns) = (self.reach, Arc::clone(&self.turns));
        Box::pin(async move {
            let turn = turns.acquire_owned().await.map_err(boxed)?;
            let looked_up = tokio::task::spawn_blocking(move || {
                // The thread goes on when nobody waits for it any more, and keeps its turn.
                let _turn = turn;
                (name.as_str(), 0).to_socket_addrs().map(Iterator::collect::<Vec<_>>)
            });
            let found = looked_up.await.map_err(boxed)?.unwrap_or_default();
            let addresses = permitted(reach, found).map_err(boxed)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn boxed(error: impl Error + Send + Sync + 'static) -> Box<dyn Error + Send + Sync> {
    Box::new(error)
}

fn permitted(reach: Reach, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, NowhereToSend> {
    if found.is_empty() {
        return Err(NowhereToSend::NoAddress);
    }
    let mut permitted = found;
    permitted.retain(|address| reach.permits(address.ip()));
    if permitted.is_empty() { Err(NowhereToSend::Forbidden) } else { Ok(permitted) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn only_public_addresses_of_a_name_are_connected_to() {
        let both = addresses(&["10.0.0.1:0", "1.1.1.1:0", "[::1]:0"]);
        assert_eq!(permitted(Reach::Public, both.clone()), Ok(addresses(&["1.1.1.1:0"])));
        assert_eq!(permitted(Reach::Anywhere, both.clone()), Ok(both));
    }

    #[test]
    fn a_name_that_leads_only_inside_leads_nowhere() {
        let inside = addresses(&["10.0.0.1:0", "[fd00::1]:0"]);
        assert_eq!(permitted(Reach::Public, inside), Err(NowhereToSend::Forbidden));
        assert_eq!(permitted(Reach::Public, vec![]), Err(NowhereToSend::NoAddress));
    }

    #[test]
    fn a_name_never_leads_to_what_a_cloud_tells_its_machines() {
        let metadata = addresses(&["169.254.169.254:0", "[fe80::1]:0"]);
        assert_eq!(permitted(Reach::Anywhere, metadata), Err(NowhereToSend::Forbidden));
    }

    #[tokio::test]
    async fn the_machine_itself_is_not_reached_by_its_name() {
        let name = || "localhost".parse().unwrap();
        let refused = Resolver::new(Reach::Public).resolve(name()).await.err().expect("refused");
        assert_eq!(refused.downcast_ref(), Some(&NowhereToSend::Forbidden));
        assert!(Resolver::new(Reach::Anywhere).resolve(name()).await.is_ok());
    }
}
