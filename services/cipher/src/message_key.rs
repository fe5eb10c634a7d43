//! A key of its own for each message.

use ring::{aead, hkdf};

/// The random bits that stand before each text: the first half chooses its key, the second is its
/// nonce.
pub(crate) type Salt = [u8; 2 * aead::NONCE_LEN];

/// What the keys of messages are derived from.
pub(crate) fn root(key: &[u8; 32]) -> hkdf::Prk {
    // The key is random already: nothing has to be extracted first (RFC 5869 §3.3).
    hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, key)
}

/// The key and nonce of the message that begins with `salt`.
///
/// A nonce of 96 random bits alone would repeat too soon: every answer over HTTP carries a text,
/// and after 2³² of them under one key a repetition is no longer out of the question. With a key
/// for each message 192 random bits must repeat.
pub(crate) fn message_key(root: &hkdf::Prk, salt: &Salt) -> (aead::LessSafeKey, aead::Nonce) {
    let (chooses, nonce) = salt.split_at(aead::NONCE_LEN);
    let about = ["rollcall message key".as_bytes(), chooses];
    let key = root.expand(&about, &aead::AES_256_GCM).expect("the length of a key is not too long");
    let nonce = aead::Nonce::try_assume_unique_for_key(nonce).expect("half a salt is a nonce");
    (aead::LessSafeKey::new(key.into()), nonce)
}
