//! Ids, secrets and randomness. Only code that does I/O calls these; rules get them as arguments.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use events::Digest;
use uuid::Uuid;

/// A unique id; ids sort by their time of creation (RFC 9562 §5.7).
pub fn uuid_v7() -> Uuid {
    Uuid::now_v7()
}

/// A secret of 256 random bits, and the digest by which it is recognised. The text is shown once
/// and never stored; its prefix tells a secret scanner, and a human, what was found.
pub fn secret(prefix: &str) -> (String, Digest) {
    let text = format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(random()));
    let digest = Digest::of(text.as_bytes());
    (text, digest)
}

/// 256 random bits.
pub fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system has random numbers");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_again_by_its_digest() {
        let (text, digest) = secret("rcs_");
        assert!(text.starts_with("rcs_") && text.len() == 4 + 43, "{text}");
        assert_eq!(Digest::of(text.as_bytes()), digest);
        assert_ne!(secret("rcs_").0, text);
    }

    #[test]
    fn ids_are_in_order_of_creation() {
        let ids: Vec<Uuid> = std::iter::repeat_with(uuid_v7).take(1000).collect();
        assert!(ids.is_sorted());
    }
}
