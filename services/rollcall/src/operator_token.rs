//! How strong the token is that opens the operators' API.
//!
//! Whoever holds it may do everything, so a gateway does not start with one that can be guessed.

use std::collections::BTreeSet;

use events::Digest;

/// The fewest bits that a token must hold.
const MIN_BITS: f64 = 128.0;
/// The fewest different characters. 32 random hexadecimal digits have 14 on average.
const MIN_DIFFERENT_CHARACTERS: usize = 10;
/// The length from which on a part may not be there twice, and a run like `123456` is no chance.
const MIN_PATTERN_LENGTH: usize = 6;

/// Why a token is too weak. The sentences never hold the token.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
enum Weakness {
    #[error("it has characters other than visible ASCII ones, which no header can carry")]
    Illegible,
    #[error("it has only {0} different characters, and must have 10 or more")]
    FewCharacters(usize),
    #[error("a part of 6 characters is in it twice, or follows the alphabet or the digits")]
    Pattern,
    #[error("it holds about {0:.0} bits, and must hold 128")]
    FewBits(f64),
}

/// A token that was refused. The program ends with exit code 2.
#[derive(Debug, thiserror::Error)]
#[error(
    "ROLLCALL_OPERATOR_TOKEN (--operator-token) can be guessed: {0}. Make one with `openssl rand -hex 32`, or leave it unset to close the operators' API"
)]
pub(crate) struct WeakToken(Weakness);

/// The digest of a token that is strong enough; none, if the token is unset or empty.
pub(crate) fn digest(token: Option<&str>) -> Result<Option<Digest>, WeakToken> {
    let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(None) };
    check(token).map_err(WeakToken)?;
    Ok(Some(Digest::of(token.as_bytes())))
}

fn check(token: &str) -> Result<(), Weakness> {
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Weakness::Illegible);
    }
    let different = token.bytes().collect::<BTreeSet<u8>>().len();
    if different < MIN_DIFFERENT_CHARACTERS {
        return Err(Weakness::FewCharacters(different));
    }
    if has_pattern(token.as_bytes()) {
        return Err(Weakness::Pattern);
    }
    let bits = bits(token);
    if bits < MIN_BITS { Err(Weakness::FewBits(bits)) } else { Ok(()) }
}

/// Whether a part of the text is there twice, or each of its characters follows the one before.
fn has_pattern(text: &[u8]) -> bool {
    let mut seen = BTreeSet::new();
    text.windows(MIN_PATTERN_LENGTH).any(|part| {
        let steps =
            |by: i16| part.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == by);
        !seen.insert(part) || steps(1) || steps(-1)
    })
}

/// The bits that a text of letters and digits holds if each was drawn by chance. Other signs hold
/// nothing, and a text without digits is taken for words, whose letters hold about two bits each,
/// or three with capitals between.
fn bits(token: &str) -> f64 {
    let drawn: Vec<u8> = token.bytes().filter(u8::is_ascii_alphanumeric).collect();
    let has = |test: fn(&u8) -> bool| drawn.iter().any(test);
    let (digits, lower, upper) =
        (has(u8::is_ascii_digit), has(u8::is_ascii_lowercase), has(u8::is_ascii_uppercase));
    let hexadecimal = drawn.iter().all(u8::is_ascii_hexdigit);
    let alphabet = match (digits, lower, upper) {
        (false, true, true) => 8.0,
        (false, _, _) => 4.0,
        (true, false, false) => 10.0,
        (true, true, false) | (true, false, true) if hexadecimal => 16.0,
        (true, true, false) | (true, false, true) => 36.0,
        (true, true, true) => 62.0,
    };
    let length = u32::try_from(drawn.len()).unwrap_or(u32::MAX);
    f64::from(length) * f64::log2(alphabet)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_token_and_an_empty_one_close_the_operators_api() {
        assert_eq!(digest(None).unwrap(), None);
        assert_eq!(digest(Some("")).unwrap(), None);
    }

    #[test]
    fn what_can_be_guessed_is_refused() {
        for weak in [
            "x",
            "1234",
            "operator",
            "the operator of the benchmark",
            "operator-token-of-these-tests",
            "correct-horse-battery-staple-and-so-on-for-a-while",
            "00000000000000000000000000000000000000000000000000000000000000000000",
            "0123456789abcdef0123456789abcdef",
            "a9Kx3TqLa9Kx3TqLa9Kx3TqLa9Kx3TqLa9Kx3TqL",
            "3141592653589793238462643383279",
            "8f14e45fceea167a5a36dedd4bea254",
            "the token \u{e9} with 128 bits, and with letters beyond ASCII",
        ] {
            let refused = digest(Some(weak)).expect_err(weak).to_string();
            assert!(!refused.contains(weak) || weak.len() < 9, "the refusal shows {weak}");
            assert!(refused.contains("openssl rand -hex 32"), "{refused}");
        }
    }

    #[test]
    fn what_was_drawn_by_chance_is_taken() {
        for strong in [
            // openssl rand -hex 16, openssl rand -hex 32, openssl rand -base64 32, pwgen -s 24
            "8f14e45fceea167a5a36dedd4bea2543",
            "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
            "kGZ2cV9hEo4b1jGdGm4f0XcS0Y5p3hR7uWnT6iQ8yLA=",
            "Ru7aePh4eiS8Wo3kaT5nLq2x",
        ] {
            assert_eq!(digest(Some(strong)).unwrap(), Some(Digest::of(strong.as_bytes())));
        }
    }

    #[test]
    fn the_token_that_up_makes_is_strong_enough() {
        for _ in 0..100 {
            let (token, _) = eventlog::ids::secret("rco_");
            assert_eq!(check(&token), Ok(()), "{token}");
        }
    }

    proptest! {
        #[test]
        fn a_text_of_fewer_than_22_letters_and_digits_is_never_enough(token in "[!-~]{0,21}") {
            prop_assert!(check(&token).is_err());
        }

        #[test]
        fn a_text_said_twice_is_never_enough(half in "[!-~]{6,40}") {
            prop_assert!(check(&half.repeat(2)).is_err());
        }
    }
}
