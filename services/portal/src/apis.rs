//! The JSON API and the operators' API of this process, asked without the network, in the name of who
//! is signed in.
//!
//! A page so shows and does what these APIs do, by their rules, limits and words. The crates of
//! the doors know nothing of each other: the program hands their routes over.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use axum::response::Response;
use http_body_util::{BodyExt as _, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower::ServiceExt as _;
use web::Problem;
use web::principal::InProcess;

use crate::api_words::in_portal_words;
use crate::signed::Signed;

/// What an answer may have at most that becomes a page.
const MOST_BYTES: usize = 16 << 20;

/// The APIs of a process.
#[derive(Clone, Debug)]
pub struct Apis(Router);

/// An error as the APIs tell it (RFC 9457).
#[derive(Debug, Deserialize)]
struct Told {
    detail: String,
}

impl Apis {
    /// These routes, which hold the JSON API and the operators' API.
    pub fn new(routes: Router) -> Self {
        Self(routes)
    }

    /// What is at `path`, which begins with a slash.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        who: &Signed,
        path: &str,
    ) -> Result<T, Problem> {
        read(self.stream(who, Method::GET, path, None).await?).await
    }

    /// What is answered to a command or to a question that has a body.
    pub(crate) async fn send<T: DeserializeOwned>(
        &self,
        who: &Signed,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, Problem> {
        read(self.stream(who, method, path, body).await?).await
    }

    /// The answer as it comes, if it is one of success.
    pub(crate) async fn stream(
        &self,
        who: &Signed,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, Problem> {
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        if let Some(after) = who.after() {
            request = request.header("rollcall-after", after);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let mut request = request.body(body).map_err(|_| {
            Problem::new(StatusCode::BAD_REQUEST, "what was asked for cannot be a part of a path")
        })?;
        let about = request.extensions_mut();
        about.insert(InProcess(who.principal()));
        if let Some(address) = who.address() {
            about.insert(address);
        }
        about.insert(who.request().clone());
        let Ok(response) = self.0.clone().oneshot(request).await;
        if response.status().is_success() { Ok(response) } else { Err(problem(response).await) }
    }
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Problem> {
    let body = Limited::new(response.into_body(), MOST_BYTES).collect().await;
    let text = body.map_err(|_| internal())?.to_bytes();
    let text = if text.is_empty() { b"null" } else { &*text };
    serde_json::from_slice(text).map_err(|error| {
        // What did not fit may be personal: only where is told.
        tracing::error!(
            line = error.line(),
            column = error.column(),
            "an API answered unlike its contract"
        );
        internal()
    })
}

async fn problem(response: Response) -> Problem {
    let status = response.status();
    let retry: Option<HeaderValue> = response.headers().get(header::RETRY_AFTER).cloned();
    let body = Limited::new(response.into_body(), MOST_BYTES).collect().await;
    let told = body.ok().and_then(|body| serde_json::from_slice::<Told>(&body.to_bytes()).ok());
    let detail = told.map_or_else(|| status.to_string(), |told| in_portal_words(&told.detail));
    let problem = Problem::new(status, detail);
    match retry {
        Some(seconds) => problem.with_header(header::RETRY_AFTER, seconds),
        None => problem,
    }
}

fn internal() -> Problem {
    let detail = "the page could not be made, by a fault of ours; report it";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
}
