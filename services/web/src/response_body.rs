//! The body of an answer on its way to a client.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep_until};

use super::connection_state::ConnectionState;

/// How much is handed on at a time.
const MAX_FRAME_BYTES: usize = 32 << 10;

/// The whole answer was not made in the time in which it must have been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer was not made within {} s", .0.as_secs())]
struct TooSlow(Duration);

/// An extension of a response whose body goes on for as long as its client reads it. Only the time in
/// which a client may read nothing bounds it.
#[derive(Clone, Copy, Debug)]
pub struct Endless;

/// A body that is handed on in small pieces, so that little of it waits beside the connection, and
/// that stays with the [`ConnectionState`] until the last piece has left.
pub(crate) struct ResponseBody {
    body: Body,
    /// What the body has given and was not handed on yet.
    rest: Bytes,
    exchange: Arc<ConnectionState>,
    /// The time for the whole answer, if it has to end.
    time: Option<Duration>,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl ResponseBody {
    /// `time` is for the whole answer, which begins now.
    pub(crate) fn new(body: Body, exchange: Arc<ConnectionState>, time: Option<Duration>) -> Self {
        exchange.answer(time);
        Self { body, rest: Bytes::new(), exchange, time, deadline: None }
    }

    fn piece(&mut self) -> Frame<Bytes> {
        Frame::data(self.rest.split_to(MAX_FRAME_BYTES.min(self.rest.len())))
    }
}

impl http_body::Body for ResponseBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if !this.rest.is_empty() {
            return Poll::Ready(Some(Ok(this.piece())));
        }
        match Pin::new(&mut this.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) => {
                    this.rest = data;
                    Poll::Ready(Some(Ok(this.piece())))
                }
                Err(trailers) => Poll::Ready(Some(Ok(trailers))),
            },
            Poll::Pending => {
                let Some(time) = this.time else { return Poll::Pending };
                let until = this.exchange.until();
                let until = until.unwrap_or_else(|| tokio::time::Instant::now() + time);
                let deadline = this.deadline.get_or_insert_with(|| Box::pin(sleep_until(until)));
                deadline.as_mut().poll(context).map(|()| Some(Err(axum::Error::new(TooSlow(time)))))
            }
            other @ Poll::Ready(_) => other,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.len() as u64;
        let mut hint = self.body.size_hint();
        let (lower, upper) = (hint.lower() + rest, hint.upper().map(|upper| upper + rest));
        if let Some(upper) = upper {
            hint.set_upper(upper);
        }
        hint.set_lower(lower);
        hint
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        self.exchange.hand_on(std::mem::take(&mut self.body));
    }
}
