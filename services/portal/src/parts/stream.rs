//! The stream of a live part: server-sent events, each with a whole new content of it.

use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use maud::Markup;
use tokio::time::{Instant, sleep};
use web::Endless;

use crate::refused::Refused;

/// A stream ends after so long, and the browser asks for another: so the guard looks again who it is.
const LIFETIME: Duration = Duration::from_mins(1);
/// How soon the browser asks again, in milliseconds.
const RETRY: u32 = 500;

/// Sends what `make` makes, at once and then whenever it is another than before; it is made every
/// `interval`. Ends when it cannot be made.
pub(crate) fn contents<F>(interval: Duration, make: impl Fn() -> F + Send + 'static) -> Response
where
    F: Future<Output = Result<Markup, Refused>> + Send,
{
    let end = Instant::now() + LIFETIME;
    let parts = stream::unfold((None::<String>, make), move |(mut last, make)| async move {
        loop {
            if last.is_some() {
                sleep(interval).await;
            }
            if Instant::now() >= end {
                return None;
            }
            let content = make().await.ok()?.into_string();
            if last.as_ref() != Some(&content) {
                let message = message(&content);
                last.replace(content);
                return Some((Ok::<_, std::convert::Infallible>(message), (last, make)));
            }
        }
    });
    let kind = [(header::CONTENT_TYPE, "text/event-stream")];
    (kind, Extension(Endless), Body::from_stream(Box::pin(parts))).into_response()
}

/// A line of markup is a line of data.
fn message(content: &str) -> Bytes {
    let data: Vec<String> =
        content.split(['\n', '\r']).map(|line| format!("data: {line}\n")).collect();
    format!("retry: {RETRY}\nevent: content\n{}\n", data.concat()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_markup_holds_it_is_one_message() {
        let told = message("<p>a\nevent: x\r\n</p>");
        let told = String::from_utf8(told.to_vec()).unwrap();
        assert_eq!(
            told,
            "retry: 500\nevent: content\ndata: <p>a\ndata: event: x\ndata: \ndata: </p>\n\n"
        );
    }
}
