//! No request, however odd, breaks anything: it is answered, and a no is a well-formed no.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::requests::{self, Odd};
use crate::world::{World, patient};

#[test]
fn no_request_however_odd_gets_a_5xx_and_every_no_is_well_formed() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::open(patient()));
    let (let_in, turned_down) = (Cell::new(0), Cell::new(0));
    let told = |odd: Odd| {
        let Some(request) = odd.request(&world) else { return Ok(()) };
        let answer = runtime.block_on(world.send(request));
        // What is not there is said so, by 501 (RFC 7644 §3.12).
        let broken = answer.status.is_server_error() && answer.status != 501;
        prop_assert!(!broken, "{answer:?}");
        if answer.status.is_client_error() || answer.status == 501 {
            turned_down.update(|count| count + 1);
            prop_assert_eq!(answer.misshapen(), None);
        } else {
            let_in.update(|count| count + 1);
        }
        Ok(())
    };
    TestRunner::new(ProptestConfig::with_cases(2048)).run(&requests::odd(), told).unwrap();
    let (let_in, turned_down): (u32, u32) = (let_in.get(), turned_down.get());
    // The requests are odd enough, and not so odd that all are turned down at the door.
    assert!(let_in > 50 && turned_down > 500, "{let_in} let in, {turned_down} turned down");
}
