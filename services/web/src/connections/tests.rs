//! When connections run out, who waited longest and is unknown goes first.

use futures_util::FutureExt as _;
use proptest::prelude::*;

use prometheus_client::metrics::gauge::Gauge;

use super::*;

fn address(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

fn is_replaced(connected: &Connected) -> bool {
    connected.replaced().now_or_never().is_some()
}

#[test]
fn a_new_connection_takes_the_place_of_the_one_that_waited_longest() {
    let connections = Connections::new(2, 2, Gauge::default());
    let (first, second) = (
        connections.enter(Some(address(1))).unwrap(),
        connections.enter(Some(address(2))).unwrap(),
    );
    first.rest();
    let third = connections.enter(Some(address(3))).unwrap();
    assert!(is_replaced(&second));
    assert!(!is_replaced(&first) && !is_replaced(&third));
}

#[test]
fn an_address_that_has_its_share_makes_room_for_itself() {
    let connections = Connections::new(100, 2, Gauge::default());
    let other = connections.enter(Some(address(1))).unwrap();
    let mut own: Vec<_> = (0..2).map(|_| connections.enter(Some(address(2))).unwrap()).collect();
    for _ in 0..50 {
        own.push(connections.enter(Some(address(2))).unwrap());
    }
    assert_eq!(own.iter().filter(|connected| is_replaced(connected)).count(), 50);
    assert!(!is_replaced(&other));
}

#[test]
fn who_showed_who_they_are_is_kept_before_those_who_did_not() {
    let connections = Connections::new(2, 2, Gauge::default());
    let known = connections.enter(Some(address(1))).unwrap();
    known.protect();
    known.rest();
    let silent = connections.enter(Some(address(1))).unwrap();
    let next = connections.enter(Some(address(1))).unwrap();
    assert!(is_replaced(&silent) && !is_replaced(&known) && !is_replaced(&next));
}

#[test]
fn while_somebody_known_is_answered_their_connection_is_safe() {
    let connections = Connections::new(1, 1, Gauge::default());
    let known = connections.enter(Some(address(1))).unwrap();
    known.protect();
    assert!(connections.enter(Some(address(1))).is_none());
    assert!(connections.enter(Some(address(2))).is_none());
    known.rest();
    assert!(connections.enter(Some(address(2))).is_some());
    assert!(is_replaced(&known));
}

#[test]
fn a_proxy_s_connections_are_bounded_in_all_only() {
    let connections = Connections::new(5, 1, Gauge::default());
    let through: Vec<_> = (0..5).map(|_| connections.enter(None).unwrap()).collect();
    assert!(!through.iter().any(|connected| is_replaced(connected)));
}

proptest! {
    #[test]
    fn there_are_never_more_than_so_many_and_nothing_is_kept_of_those_that_went(
        steps in prop::collection::vec((0..4_u8, 0..4_u8, any::<prop::sample::Index>()), 0..300),
    ) {
        let connections = Connections::new(6, 3, Gauge::default());
        let mut held: Vec<Arc<Connected>> = Vec::new();
        for (step, last, which) in steps {
            let chosen = (!held.is_empty()).then(|| which.index(held.len()));
            match (step, chosen) {
                (1, Some(chosen)) => held[chosen].protect(),
                (2, Some(chosen)) => held[chosen].rest(),
                (3, Some(chosen)) => drop(held.swap_remove(chosen)),
                _ => held.extend(connections.enter(Some(address(last)))),
            }
            let table = connections.table();
            prop_assert!(table.open.len() <= 6);
            prop_assert!(table.addresses.values().all(|address| address.open <= 3));
            let ranked = table.open.values().filter(|open| open.rank.is_some()).count();
            prop_assert_eq!(table.replaceable.len(), ranked);
            let there: usize = table.addresses.values().map(|there| there.replaceable.len()).sum();
            prop_assert_eq!(there, ranked);
        }
        drop(held);
        let table = connections.table();
        prop_assert!(table.open.is_empty() && table.replaceable.is_empty());
        prop_assert!(table.addresses.is_empty());
    }
}
