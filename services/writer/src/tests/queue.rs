//! Whose turn it is.

use std::collections::HashMap;
use std::time::Duration;

use proptest::prelude::*;

use super::world::tenant;
use crate::queue::{FairQueue, Full, Load, QueueBounds};

const MS: Duration = Duration::from_millis(1);

fn queue<T>() -> FairQueue<T> {
    FairQueue::new(QueueBounds::default())
}

#[test]
fn a_tenant_is_served_in_the_order_of_its_commands() {
    let (mut queue, acme) = (queue(), tenant("acme"));
    (0..3).for_each(|at| queue.push(&acme, 0, at).unwrap());
    let (_, first, _) = queue.pop().unwrap();
    queue.put_back(&acme, 0, first);
    let order: Vec<i32> = std::iter::from_fn(|| queue.pop().map(|(_, at, _)| at)).collect();
    assert_eq!(order, [0, 1, 2]);
    assert!(queue.is_empty());
}

#[test]
fn whose_decisions_cost_much_waits_behind_its_own() {
    let (mut queue, heavy, light) = (queue(), tenant("heavy"), tenant("light"));
    (0..100).for_each(|_| queue.push(&heavy, 0, 100 * MS).unwrap());
    (0..1000).for_each(|_| queue.push(&light, 0, MS).unwrap());
    // As long as both wait, the heavy one decides once for each hundred of the light one.
    let mut heavy_before_the_last_light = 0;
    let mut light_left = 1000;
    while light_left > 0 {
        let (whose, cost, _) = queue.pop().unwrap();
        queue.charge(&whose, cost);
        if whose == light { light_left -= 1 } else { heavy_before_the_last_light += 1 }
    }
    assert!((9..=11).contains(&heavy_before_the_last_light), "{heavy_before_the_last_light}");
}

#[test]
fn whoever_comes_anew_is_served_after_one_decision_of_others_at_most() {
    let (mut queue, heavy, light) = (queue(), tenant("heavy"), tenant("light"));
    (0..100).for_each(|_| queue.push(&heavy, 0, ()).unwrap());
    for _ in 0..50 {
        let (whose, (), _) = queue.pop().unwrap();
        // It comes while the heavy one is decided.
        queue.push(&light, 0, ()).unwrap();
        queue.charge(&whose, 100 * MS);
        let (whose, (), _) = queue.pop().unwrap();
        assert_eq!(whose, light);
        queue.charge(&whose, MS);
    }
}

#[test]
fn nobody_saves_up_turns_by_waiting() {
    let (mut queue, busy, idle) = (queue(), tenant("busy"), tenant("idle"));
    (0..1000).for_each(|_| queue.push(&busy, 0, ()).unwrap());
    for _ in 0..500 {
        let (whose, (), _) = queue.pop().unwrap();
        queue.charge(&whose, MS);
    }
    (0..500).for_each(|_| queue.push(&idle, 0, ()).unwrap());
    let mut of_idle = 0;
    for _ in 0..100 {
        let (whose, (), _) = queue.pop().unwrap();
        queue.charge(&whose, MS);
        of_idle += usize::from(whose == idle);
    }
    assert!((49..=51).contains(&of_idle), "{of_idle} of 100");
}

#[test]
fn bytes_count_as_commands_do_and_one_alone_always_fits() {
    let little = Load { commands: 10, bytes: 100 };
    let mut queue = FairQueue::new(QueueBounds { tenant: little, total: little });
    let acme = tenant("acme");
    queue.push(&acme, 1000, "large").unwrap();
    assert_eq!(queue.push(&acme, 1, "small"), Err(("small", Full::Tenant)));
    queue.pop().unwrap();
    queue.push(&acme, 60, "medium").unwrap();
    assert_eq!(queue.push(&tenant("globex"), 60, "medium"), Err(("medium", Full::Total)));
    assert_eq!(queue.push(&acme, 40, "small"), Ok(()));
}

proptest! {
    /// However much each decision costs, no tenant that waits gets more than another that waits too,
    /// by more than one decision of each.
    #[test]
    fn who_waits_gets_as_much_as_others(
        costs in prop::collection::vec(prop::collection::vec(1_u64..100, 1..20), 2..5),
    ) {
        let mut queue = queue();
        let tenants: Vec<_> = (0..costs.len()).map(|at| tenant(&format!("tenant-{at}"))).collect();
        for (tenant, costs) in tenants.iter().zip(&costs) {
            for cost in costs {
                queue.push(tenant, 0, *cost).unwrap();
            }
        }
        let mut left: HashMap<_, _> =
            tenants.iter().zip(&costs).map(|(tenant, costs)| (tenant.clone(), costs.len())).collect();
        let mut got: HashMap<_, u64> = HashMap::new();
        while let Some((whose, cost, _)) = queue.pop() {
            queue.charge(&whose, Duration::from_millis(cost));
            *left.get_mut(&whose).unwrap() -= 1;
            *got.entry(whose).or_default() += cost;
            if left.values().any(|left| *left == 0) {
                break;
            }
            let all = || tenants.iter().map(|tenant| got.get(tenant).copied().unwrap_or(0));
            let apart = all().max().unwrap() - all().min().unwrap();
            prop_assert!(apart <= 100, "{apart} ms apart: {got:?}");
        }
    }

    #[test]
    fn whatever_is_pushed_is_popped_once(
        steps in prop::collection::vec((0_usize..4, any::<bool>(), 0_u64..50), 0..200),
    ) {
        let mut queue = queue();
        let (mut pushed, mut popped) = (0_usize, Vec::new());
        for (whose, push, cost) in steps {
            if push {
                queue.push(&tenant(&format!("tenant-{whose}")), 1, pushed).unwrap();
                pushed += 1;
            } else if let Some((whose, item, _)) = queue.pop() {
                queue.charge(&whose, Duration::from_millis(cost));
                popped.push(item);
            }
        }
        popped.extend(queue.remove_where(|item| item % 2 == 0));
        popped.extend(std::iter::from_fn(|| queue.pop().map(|(_, item, _)| item)));
        prop_assert!(queue.is_empty());
        popped.sort_unstable();
        prop_assert_eq!(popped, (0..pushed).collect::<Vec<_>>());
    }
}
