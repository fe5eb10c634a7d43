//! Wrong credentials are throttled by address and by tenant, in bounded memory.

use proptest::prelude::*;

use super::*;

/// Always the same ones share a place.
fn throttle(most: u32) -> AuthThrottle {
    AuthThrottle { seed: 0, ..AuthThrottle::new(most) }
}

fn address(text: &str) -> ClientAddress {
    ClientAddress(text.parse().unwrap())
}

#[test]
fn beyond_so_many_wrong_tokens_a_minute_the_next_have_to_wait() {
    let throttle = throttle(2);
    let now = throttle.start + Duration::from_secs(50);
    let home = Some(address("192.0.2.1"));
    assert_eq!(throttle.failed("acme", home, now), Ok(()));
    assert_eq!(throttle.failed("acme", home, now), Ok(()));
    let later = now + Duration::from_secs(10);
    assert_eq!(throttle.failed("acme", home, later), Err(TooManyGuesses { wait: 50 }));
    assert_eq!(throttle.failed("acme", home, later + Duration::from_secs(50)), Ok(()));
}

#[test]
fn who_guesses_at_many_tenants_is_known_by_their_address() {
    let throttle = throttle(2);
    let refused =
        |endpoint: &str, from| throttle.failed(endpoint, Some(from), throttle.start).is_err();
    assert!(!refused("one", address("2001:db8::1")));
    assert!(!refused("two", address("2001:db8::2")));
    assert!(refused("three", address("2001:db8::3")), "one network is one guesser");
}

#[test]
fn who_guesses_from_many_addresses_is_known_by_the_tenant() {
    let throttle = throttle(2);
    let refused = |from| throttle.failed("acme", Some(from), throttle.start).is_err();
    assert!(!refused(address("192.0.2.1")));
    assert!(!refused(address("192.0.2.2")));
    assert!(refused(address("192.0.2.3")));
}

#[test]
fn a_token_that_may_be_right_is_held_against_nobody_but_its_own_address() {
    let throttle = throttle(2);
    let (now, home) = (throttle.start, Some(address("192.0.2.1")));
    for _ in 0..2 {
        assert_eq!(throttle.may_fail("acme", home, now), Ok(()));
        assert_eq!(throttle.unsure(home, now), Ok(()));
    }
    let elsewhere = Some(address("192.0.2.2"));
    assert_eq!(throttle.may_fail("acme", elsewhere, now), Ok(()));
    assert_eq!(throttle.failed("acme", elsewhere, now), Ok(()), "the tenant has its own count");
    let refused = Err(TooManyGuesses { wait: 60 });
    assert_eq!(throttle.may_fail("acme", home, now), refused, "and who does it all the time waits");
    assert_eq!(throttle.unsure(home, now), refused);
}

#[test]
fn who_guessed_too_much_is_refused_before_more_work_is_done_for_them() {
    let throttle = throttle(1);
    let (now, home) = (throttle.start, Some(address("192.0.2.1")));
    assert_eq!(throttle.may_fail("acme", home, now), Ok(()), "a look counts nothing");
    assert_eq!(throttle.failed("acme", home, now), Ok(()));
    assert!(throttle.may_fail("acme", Some(address("192.0.2.2")), now).is_err(), "at one tenant");
    assert!(throttle.may_fail("globex", home, now).is_err(), "from one address");
}

#[test]
fn nothing_grows_however_many_guess() {
    let throttle = throttle(2);
    for guess in 0..100_000_u32 {
        let from = Some(ClientAddress(IpAddr::from(guess.to_be_bytes())));
        throttle.failed(&guess.to_string(), from, throttle.start).ok();
        throttle.operator(from, throttle.start, || false).ok();
    }
    assert_eq!(throttle.buckets.len(), BUCKETS);
    assert!(throttle.buckets.iter().all(|place| locked(place).0.len() <= 2));
    let operators = locked(&throttle.operators);
    assert_eq!(operators.failures.len(), MAX_OPERATOR_ADDRESSES);
    assert_eq!(operators.last.len(), MAX_OPERATOR_ADDRESSES);
}

#[test]
fn who_guessed_too_often_at_the_operators_door_is_refused_without_a_look_at_the_token() {
    let throttle = throttle(3);
    let guesser = Some(address("192.0.2.1"));
    let now = throttle.start;
    for _ in 0..3 {
        assert_eq!(throttle.operator(guesser, now, || false), Ok(false));
    }
    let unseen = || unreachable!("the token must not be looked at");
    for second in 0..60 {
        let refused = throttle.operator(guesser, now + Duration::from_secs(second), unseen);
        assert_eq!(refused, Err(TooManyGuesses { wait: 60 - second }));
    }
    assert_eq!(throttle.operator(guesser, now + WINDOW, || true), Ok(true));
}

#[test]
fn other_addresses_get_in_at_the_operators_door_however_many_guess() {
    let throttle = throttle(2);
    for guess in 0..20_000_u32 {
        let from = Some(ClientAddress(IpAddr::from(guess.to_be_bytes())));
        for _ in 0..3 {
            throttle.operator(from, throttle.start, || false).ok();
        }
    }
    let operator = Some(address("203.0.113.9"));
    assert_eq!(throttle.operator(operator, throttle.start, || true), Ok(true));
}

#[test]
fn the_right_token_does_not_count_at_the_operators_door() {
    let throttle = throttle(1);
    let operator = Some(address("203.0.113.9"));
    for _ in 0..100 {
        assert_eq!(throttle.operator(operator, throttle.start, || true), Ok(true));
    }
}

proptest! {
    /// In any minute, not only in those that a clock counts.
    #[test]
    fn nobody_gets_more_looks_at_the_operator_token_than_so_many_in_any_minute(
        most in 1..10_u32,
        pauses in prop::collection::vec(0..20_000_u64, 1..200),
    ) {
        let throttle = throttle(most);
        let guesser = Some(address("192.0.2.1"));
        let (mut now, mut looks) = (throttle.start, Vec::new());
        for pause in pauses {
            now += Duration::from_millis(pause);
            throttle.operator(guesser, now, || { looks.push(now); false }).ok();
        }
        for from in &looks {
            let within = looks.iter().filter(|look| *look >= from && **look < *from + WINDOW);
            prop_assert!(within.count() <= most as usize);
        }
    }

    #[test]
    fn whoever_waits_as_long_as_told_is_looked_at_again(
        most in 1..10_u32,
        pauses in prop::collection::vec(0..20_000_u64, 1..100),
    ) {
        let throttle = throttle(most);
        let guesser = Some(address("192.0.2.1"));
        let mut now = throttle.start;
        for pause in pauses {
            now += Duration::from_millis(pause);
            if let Err(refused) = throttle.operator(guesser, now, || false) {
                now += Duration::from_secs(refused.wait);
                prop_assert_eq!(throttle.operator(guesser, now, || false), Ok(false));
            }
        }
    }
}
