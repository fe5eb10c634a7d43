//! A company whose program moves: it is killed, and starts again elsewhere.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use kit::company::Company;
use reqwest::{RequestBuilder, Response};

/// How long an answer is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The company as it can be reached now.
pub(super) type Here = Arc<RwLock<Company>>;

pub(super) fn here(company: &Here) -> std::sync::RwLockReadGuard<'_, Company> {
    company.read().unwrap_or_else(PoisonError::into_inner)
}

pub(super) async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

/// A request, asked until it is answered with what it may be answered with.
pub(super) async fn asked(request: impl Fn() -> RequestBuilder, may: &[u16]) -> Response {
    loop {
        let answer = request().timeout(PATIENCE).send().await;
        match answer {
            Ok(answer) if may.contains(&answer.status().as_u16()) => return answer,
            Ok(answer) => {
                let status = answer.status().as_u16();
                assert!([429, 500, 502, 503].contains(&status), "{status}");
                a_moment().await;
            }
            Err(_) => a_moment().await,
        }
    }
}
