use proptest::prelude::*;
use proptest::sample::Index;

use super::{Chain, Digest, NotHex};

/// The chain value after events with these bodies.
fn chain_of(bodies: &[Vec<u8>]) -> Chain {
    bodies.iter().fold(Chain::START, |chain, body| chain.then(Digest::of(body)))
}

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..60)
}

fn any_history() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(any_body(), 1..12)
}

proptest! {
    #[test]
    fn an_altered_body_has_another_digest(
        body in prop::collection::vec(any::<u8>(), 1..200),
        at: Index,
        flip in 1_u8..,
    ) {
        let mut altered = body.clone();
        altered[at.index(body.len())] ^= flip;
        prop_assert_ne!(Digest::of(&body), Digest::of(&altered));
    }

    #[test]
    fn an_altered_event_breaks_the_chain(
        history in any_history(), at: Index, other in any_body(),
    ) {
        let at = at.index(history.len());
        prop_assume!(history[at] != other);
        let mut altered = history.clone();
        altered[at] = other;
        prop_assert_ne!(chain_of(&history), chain_of(&altered));
    }

    #[test]
    fn a_lost_event_breaks_the_chain(history in any_history(), at: Index) {
        let mut shorter = history.clone();
        shorter.remove(at.index(history.len()));
        prop_assert_ne!(chain_of(&history), chain_of(&shorter));
    }

    #[test]
    fn an_inserted_event_breaks_the_chain(history in any_history(), at: Index, body in any_body()) {
        let mut longer = history.clone();
        longer.insert(at.index(history.len() + 1), body);
        prop_assert_ne!(chain_of(&history), chain_of(&longer));
    }

    #[test]
    fn two_events_in_another_order_break_the_chain(
        history in any_history(), one: Index, other: Index,
    ) {
        let (one, other) = (one.index(history.len()), other.index(history.len()));
        prop_assume!(history[one] != history[other]);
        let mut swapped = history.clone();
        swapped.swap(one, other);
        prop_assert_ne!(chain_of(&history), chain_of(&swapped));
    }

    #[test]
    fn a_digest_reads_back_from_its_text(bytes: [u8; 32]) {
        let digest = Digest(bytes);
        let text = digest.to_string();
        prop_assert!(text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{}", text);
        prop_assert_eq!(text.parse(), Ok(digest));
        prop_assert_eq!(text.to_uppercase().parse(), Ok(digest));
    }

    #[test]
    fn only_64_hexadecimal_digits_are_a_digest(text in "[0-9a-f]{0,70}|[0-9a-g]{64}|.{0,64}") {
        let fits = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        prop_assert_eq!(text.parse::<Chain>().is_ok(), fits);
    }
}

#[test]
fn the_chain_is_the_sha_256_of_the_value_before_and_the_digest() {
    // printf '{}' | sha256sum; then the 32 zero bytes and that digest, through sha256sum again.
    let digest = Digest::of(b"{}");
    assert_eq!(
        digest.to_string(),
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    );
    assert_eq!(
        Chain::START.then(digest).to_string(),
        "961af672d320bfb80e482edf9e092930b12b6f10f28ac4913d1d64c49219da68"
    );
    assert_eq!("44".parse::<Digest>(), Err(NotHex));
}
