//! No malformed request breaks anything: it is answered, and a refusal is well-formed.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::requests::{self, Mutated};
use crate::world::{World, patient};

#[test]
fn no_request_however_malformed_gets_a_5xx_and_every_refusal_is_well_formed() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::open(patient()));
    let (accepted, refused) = (Cell::new(0), Cell::new(0));
    let told = |mutated: Mutated| {
        let Some(request) = mutated.request(&world) else { return Ok(()) };
        let answer = runtime.block_on(world.send(request));
        // What is not there is said so, by 501 (RFC 7644 §3.12).
        let broken = answer.status.is_server_error() && answer.status != 501;
        prop_assert!(!broken, "{answer:?}");
        if answer.status.is_client_error() || answer.status == 501 {
            refused.update(|count| count + 1);
            prop_assert_eq!(answer.misshapen(), None);
        } else {
            accepted.update(|count| count + 1);
        }
        Ok(())
    };
    TestRunner::new(ProptestConfig::with_cases(2048)).run(&requests::mutated(), told).unwrap();
    let (accepted, refused): (u32, u32) = (accepted.get(), refused.get());
    // Enough of the requests are refused, and enough are so nearly right that they are carried out.
    assert!(accepted > 50 && refused > 500, "{accepted} accepted, {refused} refused");
}
