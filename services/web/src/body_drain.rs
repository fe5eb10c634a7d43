//! Notes whether a request's body was read to its end: if not, its connection cannot be used again.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};

/// Tells afterwards whether somebody read the body to its end. What is left of one makes a
/// connection useless for the next request, so that its end has to be announced.
pub(super) struct Reading(Arc<AtomicBool>);

impl Reading {
    pub(super) fn is_complete(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

struct Watched {
    body: Body,
    ended: Arc<AtomicBool>,
}

/// The same body, and how far it was read.
pub(super) fn watched(body: Body) -> (Body, Reading) {
    let ended = Arc::new(AtomicBool::new(body.is_end_stream()));
    let reading = Reading(Arc::clone(&ended));
    if reading.is_complete() {
        return (body, reading);
    }
    (Body::new(Watched { body, ended }), reading)
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let arrived = Pin::new(&mut self.body).poll_frame(context);
        if matches!(arrived, Poll::Ready(None)) || self.body.is_end_stream() {
            self.ended.store(true, Ordering::Relaxed);
        }
        arrived
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn only_a_body_that_was_read_to_its_end_is_complete() {
        let (body, reading) = watched(Body::from("hello"));
        assert!(!reading.is_complete());
        to_bytes(body, 100).await.unwrap();
        assert!(reading.is_complete());
        let (body, reading) = watched(Body::from("hello"));
        drop(body);
        assert!(!reading.is_complete());
    }

    #[test]
    fn without_a_body_nothing_is_left_to_read() {
        assert!(watched(Body::empty()).1.is_complete());
    }
}
