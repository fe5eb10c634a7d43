//! A request body that has to arrive in time.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::Rejection;
use super::admission::Admission;

/// A body, the permit that its request has, and the time that is left once it makes somebody wait.
struct TimedBody {
    body: Body,
    admission: Admission,
    deadline: Option<(Duration, Pin<Box<Sleep>>)>,
}

/// The same body, which ends with [`Rejection::SlowBody`] unless it arrives in time, and with
/// [`Rejection::Busy`] if no permit is free to wait for it, or none for the request when it is there.
pub(super) fn timed(body: Body, admission: Admission) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(TimedBody { body, admission, deadline: None })
}

impl TimedBody {
    /// Whether it is too late for the rest of the body, which is not there yet.
    fn poll_deadline(&mut self, context: &mut Context<'_>) -> Poll<Rejection> {
        let (time, deadline) = match &mut self.deadline {
            Some((time, deadline)) => (*time, deadline),
            none @ None => match self.admission.await_body() {
                Ok(time) => {
                    let (_, deadline) = none.insert((time, Box::pin(sleep(time))));
                    (time, deadline)
                }
                Err(rejection) => return Poll::Ready(rejection),
            },
        };
        deadline.as_mut().poll(context).map(|()| Rejection::SlowBody(time))
    }
}

impl http_body::Body for TimedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let refused = |rejection| Some(Err(axum::Error::new(rejection)));
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
            return self.poll_deadline(context).map(refused);
        };
        let is_last = frame.is_none() || self.body.is_end_stream();
        if is_last && let Err(rejection) = self.admission.arrived() {
            return Poll::Ready(refused(rejection));
        }
        Poll::Ready(frame)
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
    use axum::http::Extensions;
    use futures_util::stream;

    use super::*;
    use crate::Bounds;
    use crate::admission::Quotas;

    fn strangers() -> Admission {
        Admission::new(&Quotas::new(&Bounds::default()), &Extensions::new()).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_too_slow() {
        let drip = stream::unfold((), async |()| {
            sleep(Duration::from_secs(1)).await;
            Some((Ok::<_, std::io::Error>(Bytes::from_static(b".")), ()))
        });
        let body = timed(Body::from_stream(Box::pin(drip)), strangers());
        let error = to_bytes(body, usize::MAX).await.unwrap_err();
        let late = Rejection::SlowBody(Duration::from_secs(5));
        assert_eq!(Rejection::beneath(&error), Some(late));
    }

    #[tokio::test]
    async fn a_body_that_is_there_comes_as_it_is() {
        let body = timed(Body::from("hello"), strangers());
        assert_eq!(to_bytes(body, usize::MAX).await.unwrap(), "hello");
    }
}
