//! `/ops/v1` of a running program.

use std::io::Write;

use reqwest::Method;
use rustls::ClientConfig;
use serde_json::Value;

use super::gateway::{Gateway, escaped};
use super::tls_trust;
use crate::data_dir::Running;

/// What operates the program, as it is asked over HTTP. The verbs of one subject say what they ask
/// in their own file.
pub(crate) struct Ops {
    gateway: Gateway,
}

impl Ops {
    pub(crate) fn new(url: &str, token: &str, trust: ClientConfig) -> anyhow::Result<Self> {
        Ok(Self { gateway: Gateway::new(url, token, trust)? })
    }

    pub(crate) fn of(running: &Running) -> anyhow::Result<Self> {
        Self::new(&running.url, &running.operator_token, tls_trust::nobody()?)
    }

    /// Reads what is at these segments of a path, with these parameters.
    pub(crate) async fn get(
        &self,
        path: &[&str],
        query: &[(&str, String)],
    ) -> anyhow::Result<Value> {
        self.gateway.ask(Method::GET, &path_with(path, query)?, None).await
    }

    /// Writes what is at these segments of a path, however long it is.
    pub(crate) async fn download(
        &self,
        path: &[&str],
        query: &[(&str, String)],
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        self.gateway.download(&path_with(path, query)?, out).await
    }

    /// Asks for a change.
    pub(crate) async fn post(&self, path: &[&str], body: Value) -> anyhow::Result<Value> {
        self.gateway.ask(Method::POST, &format!("ops/v1/{}", escaped(path)?), Some(body)).await
    }

    /// Ends something.
    pub(crate) async fn delete(&self, path: &[&str]) -> anyhow::Result<Value> {
        self.gateway.ask(Method::DELETE, &format!("ops/v1/{}", escaped(path)?), None).await
    }
}

/// The path of these segments, with these parameters.
fn path_with(path: &[&str], query: &[(&str, String)]) -> anyhow::Result<String> {
    let path = format!("ops/v1/{}", escaped(path)?);
    let asked = query.iter().map(|(name, value)| Ok(format!("{name}={}", escaped(&[value])?)));
    let asked = asked.collect::<anyhow::Result<Vec<_>>>()?.join("&");
    Ok(if asked.is_empty() { path } else { format!("{path}?{asked}") })
}
