//! A request body that has to arrive in time.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::Rejection;

/// A body, and the time that is left for it once it makes somebody wait.
struct InTime {
    body: Body,
    time: Duration,
    deadline: Option<Pin<Box<Sleep>>>,
}

/// The same body, which ends with [`Rejection::SlowBody`] unless it arrives within `time`.
pub(super) fn in_time(body: Body, time: Duration) -> Body {
    if body.is_end_stream() { body } else { Body::new(InTime { body, time, deadline: None }) }
}

impl http_body::Body for InTime {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let arrived = Pin::new(&mut self.body).poll_frame(context);
        if arrived.is_ready() {
            return arrived;
        }
        let time = self.time;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(time)));
        let late = deadline.as_mut().poll(context);
        late.map(|()| Some(Err(axum::Error::new(Rejection::SlowBody(time)))))
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
    use futures_util::stream;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_too_slow() {
        let drip = stream::unfold((), async |()| {
            sleep(Duration::from_secs(1)).await;
            Some((Ok::<_, std::io::Error>(Bytes::from_static(b".")), ()))
        });
        let body = in_time(Body::from_stream(Box::pin(drip)), Duration::from_secs(30));
        let error = to_bytes(body, usize::MAX).await.unwrap_err();
        let late = Rejection::SlowBody(Duration::from_secs(30));
        assert_eq!(Rejection::beneath(&error), Some(late));
    }

    #[tokio::test]
    async fn a_body_that_is_there_comes_as_it_is() {
        let body = in_time(Body::from("hello"), Duration::ZERO);
        assert_eq!(to_bytes(body, usize::MAX).await.unwrap(), "hello");
    }
}
