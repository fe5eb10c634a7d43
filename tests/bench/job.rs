//! A replay as an operator asks for it, over `/ops/v1`.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Ask, Target};

/// A replay that was started.
pub(crate) struct Job {
    id: String,
    operator: Target,
    projection: &'static str,
}

/// A cut-over or a rollback.
pub(crate) struct Switch {
    pub(crate) asked: Instant,
    /// Until it was answered.
    pub(crate) took: Duration,
}

impl Job {
    /// Plans a replay of a whole projection, and starts it.
    pub(crate) async fn start(operator: Target, projection: &'static str) -> anyhow::Result<Self> {
        let wish = json!({ "projection": projection, "reason": "benchmark" });
        let plan = ask(&operator, "", Some(wish), StatusCode::CREATED).await?;
        let plan = plan["plan"].as_str().context("a plan's id")?;
        let run = format!("/{plan}/run");
        let job = ask(&operator, &run, Some(json!({})), StatusCode::OK).await?;
        let id = job["job"].as_str().context("a job's id")?.to_owned();
        Ok(Self { id, operator, projection })
    }

    /// Whether readers may be let see what it has built.
    pub(crate) async fn is_ready(&self) -> anyhow::Result<bool> {
        let path = format!("/{}", self.id);
        let job = ask(&self.operator, &path, None, StatusCode::OK).await?;
        ensure!(job["state"] == "running" || job["state"] == "ready", "not built: {job}");
        Ok(job["state"] == "ready")
    }

    pub(crate) async fn cut_over(&self) -> anyhow::Result<Switch> {
        self.switch("cutover", json!({ "confirm": self.projection }), "cut-over").await
    }

    pub(crate) async fn roll_back(&self) -> anyhow::Result<Switch> {
        self.switch("rollback", json!({ "reason": "benchmark" }), "rolled-back").await
    }

    async fn switch(&self, verb: &str, body: Value, state: &str) -> anyhow::Result<Switch> {
        let asked = Instant::now();
        let path = format!("/{}/{verb}", self.id);
        let job = ask(&self.operator, &path, Some(body), StatusCode::OK).await?;
        let took = asked.elapsed();
        ensure!(job["state"] == state, "not switched: {job}");
        Ok(Switch { asked, took })
    }
}

/// Asks below `/ops/v1/replay`: posts a body, or gets.
async fn ask(
    operator: &Target,
    path: &str,
    body: Option<Value>,
    right: StatusCode,
) -> anyhow::Result<Value> {
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let body = body.map(|body| body.to_string().into()).unwrap_or_default();
    let ask = Ask { method, path: format!("/ops/v1/replay{path}"), body, right };
    // A rebuild takes longer than a connection that is silent is kept.
    Ok(serde_json::from_slice(&operator.connect().await?.say(ask).await?)?)
}
