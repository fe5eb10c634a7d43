use proptest::prelude::*;

use super::*;

const ACME: Context<'_> = Context { tenant: "acme", purpose: "position" };

const FOREIGN: [Context<'_>; 4] = [
    Context { tenant: "globex", ..ACME },
    Context { purpose: "cursor", ..ACME },
    Context { tenant: "", ..ACME },
    // The same letters, divided otherwise.
    Context { tenant: "nacme", purpose: "positio" },
];

fn cipher() -> Cipher {
    Cipher::new(&[7; 32])
}

#[test]
fn whoever_has_the_key_reads_the_text_for_its_tenant_and_purpose() {
    let encrypted = cipher().encrypt(ACME, b"4711");
    assert_eq!(cipher().decrypt(ACME, &encrypted), Ok(b"4711".to_vec()));
    for context in FOREIGN {
        assert_eq!(cipher().decrypt(context, &encrypted), Err(NotOurs), "{context:?}");
    }
    assert_eq!(Cipher::new(&[8; 32]).decrypt(ACME, &encrypted), Err(NotOurs));
}

#[test]
fn the_same_text_never_looks_the_same_twice() {
    assert_ne!(cipher().encrypt(ACME, b"4711"), cipher().encrypt(ACME, b"4711"));
}

#[test]
fn a_tag_is_the_same_each_time_and_another_for_any_other_text_tenant_purpose_and_key() {
    let tag = cipher().tag(ACME, b"4711");
    assert_eq!(tag, cipher().tag(ACME, b"4711"));
    assert_eq!(tag.len(), 22);
    for context in FOREIGN {
        assert_ne!(tag, cipher().tag(context, b"4711"), "{context:?}");
    }
    assert_ne!(tag, cipher().tag(ACME, b"4712"));
    assert_ne!(tag, Cipher::new(&[8; 32]).tag(ACME, b"4711"));
    // The same letters, divided otherwise.
    let (short, long) = (Context { tenant: "acm", ..ACME }, Context { tenant: "acme", ..ACME });
    assert_ne!(cipher().tag(short, b"e7"), cipher().tag(long, b"7"));
}

#[test]
fn a_text_that_was_cut_is_refused_wherever_it_was_cut() {
    let encrypted = cipher().encrypt(ACME, b"4711");
    for end in 0..encrypted.len() {
        assert_eq!(cipher().decrypt(ACME, &encrypted[..end]), Err(NotOurs), "{end}");
    }
    assert_eq!(cipher().decrypt(ACME, &format!("{encrypted}A")), Err(NotOurs));
    assert_eq!(cipher().decrypt(ACME, &format!("{encrypted}=")), Err(NotOurs));
}

#[test]
fn nothing_of_the_key_is_shown() {
    let key: [u8; 32] = std::array::from_fn(|n| u8::try_from(n).unwrap() + 100);
    assert_eq!(format!("{:?}", Cipher::new(&key)), "Cipher");
}

proptest! {
    #[test]
    fn every_text_comes_back_and_can_stand_in_a_url_and_a_header(
        text in prop::collection::vec(any::<u8>(), 0..300),
        tenant in ".{0,20}",
    ) {
        let context = Context { tenant: &tenant, purpose: "cursor" };
        let encrypted = cipher().encrypt(context, &text);
        prop_assert!(
            encrypted.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
        prop_assert_eq!(cipher().decrypt(context, &encrypted), Ok(text));
    }

    #[test]
    fn a_text_of_which_one_bit_was_altered_is_refused(
        text in prop::collection::vec(any::<u8>(), 0..40),
        bit in any::<prop::sample::Index>(),
    ) {
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(cipher().encrypt(ACME, &text)).unwrap();
        let bit = bit.index(8 * bytes.len());
        bytes[bit / 8] ^= 1 << (bit % 8);
        let altered = BASE64_URL_SAFE_NO_PAD.encode(bytes);
        prop_assert_eq!(cipher().decrypt(ACME, &altered), Err(NotOurs));
    }

    #[test]
    fn anything_else_is_refused_without_a_panic(text in ".{0,200}") {
        prop_assert_eq!(cipher().decrypt(ACME, &text), Err(NotOurs));
    }
}
