//! A request body that has to arrive in time.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// The body took longer than a body may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body did not arrive within {} s; send it faster, or less of it", .0.as_secs())]
pub struct BodyTooSlow(pub Duration);

impl BodyTooSlow {
    /// Whether it is what an error comes from.
    pub fn beneath(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(slow) = error.downcast_ref::<Self>() {
                return Some(*slow);
            }
            cause = error.source();
        }
        None
    }
}

/// A body, and the time that is left for it once it makes somebody wait.
struct InTime {
    body: Body,
    time: Duration,
    deadline: Option<Pin<Box<Sleep>>>,
}

/// The same body, which ends with [`BodyTooSlow`] unless it arrives within `time`.
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
        late.map(|()| Some(Err(axum::Error::new(BodyTooSlow(time)))))
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
        assert_eq!(BodyTooSlow::beneath(&error), Some(BodyTooSlow(Duration::from_secs(30))));
    }

    #[tokio::test]
    async fn a_body_that_is_there_comes_as_it_is() {
        let body = in_time(Body::from("hello"), Duration::ZERO);
        assert_eq!(to_bytes(body, usize::MAX).await.unwrap(), "hello");
    }
}
