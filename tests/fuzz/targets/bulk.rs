//! A bulk request is refused or planned; planned, each of its operations is carried out once, or
//! begun once and completed later, and nothing refers to what is only being made.

#![no_main]

use std::collections::HashMap;

use libfuzzer_sys::fuzz_target;
use scim::bulk::{BulkRequest, Command, Step};
use serde_json::Value;

const MOST: usize = 200;

fuzz_target!(|text: &[u8]| {
    let Ok(body) = serde_json::from_slice::<Value>(text) else { return };
    let Ok(request) = BulkRequest::parse(body, MOST) else { return };
    let mut taken = vec![Vec::new(); request.operations.len()];
    let mut ids = HashMap::new();
    for wave in request.waves() {
        let mut made = HashMap::new();
        for step in wave {
            let place = step.operation();
            let operation = &request.operations[place];
            taken[place].push(step);
            let Ok(work) = &operation.work else { continue };
            drop(work.resolved(&ids));
            drop(work.without_unresolved(&ids));
            if let (Command::Create(_), Some(id)) = (&work.command, &operation.bulk_id) {
                made.insert(id.clone(), format!("id-{place}"));
            }
        }
        ids.extend(made);
    }
    for (place, steps) in taken.into_iter().enumerate() {
        let once = steps == [Step::CarryOut(place)];
        let twice = steps == [Step::Begin(place), Step::Complete(place)];
        assert!(once || twice, "operation {place} is planned as {steps:?}");
    }
});
