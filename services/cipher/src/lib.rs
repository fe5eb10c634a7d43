//! Short texts that leave the house, or lie in it, and that only we can read and only we can have
//! written: positions and cursors that a client holds, secrets that must be spoken again.
//!
//! A text is encrypted for a tenant and a purpose. It cannot be decrypted for another.

#![warn(missing_docs)]

mod message_key;
mod webhook_secret;

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::aead;
use ring::hkdf;
use ring::rand::{SecureRandom as _, SystemRandom};

pub use webhook_secret::{BadWebhookSecret, WebhookSecret, signatures};

use crate::message_key::{Salt, message_key};

/// Encrypts and decrypts with one key, which all processes share.
#[derive(Clone)]
pub struct Cipher {
    key: hkdf::Prk,
    random: SystemRandom,
}

/// For whom a text is encrypted, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context<'a> {
    /// The tenant whose text it is.
    pub tenant: &'a str,
    /// What the text is for. Two kinds of text never have the same purpose, even under two keys.
    pub purpose: &'static str,
}

/// The purpose of secrets of subscribers, which sign what is sent to webhooks: the whole text that the
/// subscriber was given. Their key is the shared key of the same name.
pub const SUBSCRIBER_SECRET: &str = "subscriber-secret";

/// The text was not encrypted by us, or not for this tenant and purpose. Which of these is not
/// told to anybody, since only who forges could use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text was not encrypted here for this tenant and purpose")]
pub struct NotOurs;

/// Bytes of what stands behind an encrypted text, so that an altered one is known, and of a tag.
const TAG: usize = 16;

impl Cipher {
    /// A cipher with a key that is random and kept by whoever may read and write the texts.
    pub fn new(key: &[u8; 32]) -> Self {
        Self { key: message_key::root(key), random: SystemRandom::new() }
    }

    /// `text`, readable by nobody else, in letters, digits, `-` and `_`. The same text never
    /// looks the same twice; its length shows.
    pub fn encrypt(&self, context: Context<'_>, text: &[u8]) -> String {
        let mut salt: Salt = [0; _];
        self.random.fill(&mut salt).expect("the operating system has random numbers");
        let (key, nonce) = message_key(&self.key, &salt);
        let mut message = Vec::with_capacity(salt.len() + text.len() + TAG);
        message.extend_from_slice(&salt);
        message.extend_from_slice(text);
        let tag = key
            .seal_in_place_separate_tag(nonce, bound_to(context), &mut message[salt.len()..])
            .expect("a short text is not too long");
        message.extend_from_slice(tag.as_ref());
        BASE64_URL_SAFE_NO_PAD.encode(message)
    }

    /// A short name for `text`, in the same letters: the same each time, for nobody to make and to read
    /// but us. Texts of which nobody finds two have the same.
    pub fn tag(&self, context: Context<'_>, text: &[u8]) -> String {
        let bound = bound_to(context);
        let length = (bound.as_ref().len() as u64).to_be_bytes();
        let about = ["rollcall tag".as_bytes(), &length, bound.as_ref(), text];
        let tag = self.key.expand(&about, Tag).expect("a tag is not too long");
        let mut bytes = [0; TAG];
        tag.fill(&mut bytes).expect("as long as was asked for");
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The text of which `encrypted` was made for the same tenant and purpose.
    pub fn decrypt(&self, context: Context<'_>, encrypted: &str) -> Result<Vec<u8>, NotOurs> {
        let message = BASE64_URL_SAFE_NO_PAD.decode(encrypted).map_err(|_| NotOurs)?;
        let (salt, sealed) = message.split_first_chunk().ok_or(NotOurs)?;
        let (key, nonce) = message_key(&self.key, salt);
        let mut sealed = sealed.to_vec();
        let text = key.open_in_place(nonce, bound_to(context), &mut sealed).map_err(|_| NotOurs)?;
        Ok(text.to_vec())
    }
}

/// How long a tag is.
struct Tag;

impl hkdf::KeyType for Tag {
    fn len(&self) -> usize {
        TAG
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cipher")
    }
}

/// The context as bytes. No two contexts have the same: the length says where the purpose ends.
fn bound_to(Context { tenant, purpose }: Context<'_>) -> aead::Aad<Vec<u8>> {
    let mut bytes = Vec::with_capacity(8 + purpose.len() + tenant.len());
    bytes.extend_from_slice(&(purpose.len() as u64).to_be_bytes());
    bytes.extend_from_slice(purpose.as_bytes());
    bytes.extend_from_slice(tenant.as_bytes());
    aead::Aad::from(bytes)
}

#[cfg(test)]
mod tests;
