//! A message as it stands in a file.

use std::collections::BTreeMap;

use async_nats::header::{HeaderMap, HeaderName};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use events::Seq;
use serde::{Deserialize, Serialize};

use crate::entry::Entry;
use crate::error::Cause;

/// One message: all that the stream tells of it, but when it was stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) seq: u64,
    /// The subject that the message says of itself, whatever the stream.
    pub(crate) subject: String,
    pub(crate) headers: BTreeMap<String, Vec<String>>,
    pub(crate) body: Body,
}

/// Text as it is, so that people and programs can search it; anything else in base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Body {
    Text(String),
    Base64(String),
}

impl Line {
    pub(crate) fn of(entry: &Entry) -> Self {
        let values = |values: &[async_nats::HeaderValue]| {
            values.iter().map(|value| value.as_str().to_owned()).collect()
        };
        let headers = entry.headers().iter();
        let body = match std::str::from_utf8(entry.body()) {
            Ok(text) => Body::Text(text.to_owned()),
            Err(_) => Body::Base64(STANDARD.encode(entry.body())),
        };
        Self {
            seq: entry.seq.0,
            subject: entry.subject().to_owned(),
            headers: headers.map(|(name, found)| (name.to_string(), values(found))).collect(),
            body,
        }
    }

    /// The message again.
    pub(crate) fn entry(self) -> Result<Entry, Cause> {
        let mut headers = HeaderMap::new();
        for (name, values) in self.headers {
            let name: HeaderName = name.parse()?;
            for value in values {
                headers.append(name.clone(), value.parse::<async_nats::HeaderValue>()?);
            }
        }
        let body = match self.body {
            Body::Text(text) => Bytes::from(text),
            Body::Base64(text) => Bytes::from(STANDARD.decode(text)?),
        };
        Ok(Entry::of_its_own_subject(Seq(self.seq), self.subject.into(), headers, body))
    }
}
