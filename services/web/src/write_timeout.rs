//! Cuts a connection off whose client does not read what it is sent.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::connection_state::ConnectionState;

/// The stream of a connection, TLS included, that tells its [`ConnectionState`] when all was written.
pub(crate) struct WriteTimeout<S> {
    stream: S,
    /// Has the machine forget what the client did not take.
    forget: fn(&S),
    exchange: Arc<ConnectionState>,
    stall_time: Duration,
    /// Whether something waits to be written now.
    is_stalled: bool,
    deadline: Pin<Box<Sleep>>,
}

impl<S> WriteTimeout<S> {
    /// Cut off when nothing can be written for `stall_time`, or when one answer takes longer than it may.
    pub(crate) fn new(
        stream: S,
        forget: fn(&S),
        exchange: Arc<ConnectionState>,
        stall_time: Duration,
    ) -> Self {
        let deadline = Box::pin(sleep_until(Instant::now()));
        Self { stream, forget, exchange, stall_time, is_stalled: false, deadline }
    }

    /// Looks at what came of writing: who makes no progress, or too little, is cut off.
    fn judge<T>(&mut self, context: &mut Context<'_>, written: Poll<Result<T>>) -> Poll<Result<T>> {
        let whole = self.exchange.until();
        if written.is_ready() {
            self.is_stalled = false;
            return match whole {
                Some(whole) if whole <= Instant::now() => self.cut(),
                Some(_) | None => written,
            };
        }
        if !self.is_stalled {
            self.is_stalled = true;
            let stall = Instant::now() + self.stall_time;
            self.deadline.as_mut().reset(whole.map_or(stall, |whole| whole.min(stall)));
        }
        match self.deadline.as_mut().poll(context) {
            Poll::Ready(()) => self.cut(),
            Poll::Pending => Poll::Pending,
        }
    }

    fn cut<T>(&self) -> Poll<Result<T>> {
        (self.forget)(&self.stream);
        tracing::debug!("a client was cut off that did not read its answer");
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client does not read its answer")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WriteTimeout<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WriteTimeout<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.judge(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper flushes when it has nothing left to write.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.exchange.flushed();
        }
        self.judge(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let ended = Pin::new(&mut self.stream).poll_shutdown(context);
        self.judge(context, ended)
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use prometheus_client::metrics::gauge::Gauge;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    use super::super::connections::Connections;
    use super::*;

    const STALL: Duration = Duration::from_secs(20);
    const SEND: Duration = Duration::from_mins(2);

    fn pair() -> (WriteTimeout<DuplexStream>, DuplexStream, Arc<ConnectionState>) {
        let (ours, theirs) = duplex(1000);
        let exchange =
            ConnectionState::new(Connections::new(1, 1, Gauge::default()).enter(None).unwrap());
        let outgoing = WriteTimeout::new(ours, |_| (), Arc::clone(&exchange), STALL);
        exchange.answer(Some(SEND));
        (outgoing, theirs, exchange)
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_nothing_is_cut_off_after_the_time_for_that() {
        let (mut outgoing, _theirs, _exchange) = pair();
        let began = Instant::now();
        let error = outgoing.write_all(&[0; 5000]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(began.elapsed().as_secs(), STALL.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_in_drips_is_cut_off_after_the_time_for_a_whole_answer() {
        let (mut outgoing, mut theirs, _exchange) = pair();
        let dripping = tokio::spawn(async move {
            let mut drip = [0; 1];
            loop {
                tokio::time::sleep(Duration::from_secs(10)).await;
                theirs.read_exact(&mut drip).await.unwrap();
            }
        });
        let began = Instant::now();
        let error = outgoing.write_all(&[0; 5000]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(began.elapsed().as_secs(), SEND.as_secs());
        dripping.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_on_reading_an_endless_answer_is_not_cut_off() {
        let (mut outgoing, mut theirs, exchange) = pair();
        exchange.answer(None);
        for _ in 0..20 {
            let mut part = [0; 2500];
            let (written, read) =
                tokio::join!(outgoing.write_all(&[0; 2500]), theirs.read_exact(&mut part));
            written.unwrap();
            read.unwrap();
            tokio::time::sleep(SEND).await;
        }
        let began = Instant::now();
        outgoing.write_all(&[0; 5000]).await.unwrap_err();
        assert_eq!(began.elapsed().as_secs(), STALL.as_secs(), "who reads nothing is");
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_an_answer_now_and_then_is_not_cut_off() {
        let (mut outgoing, mut theirs, exchange) = pair();
        for _ in 0..100 {
            let mut part = [0; 2500];
            let (written, read) =
                tokio::join!(outgoing.write_all(&[0; 2500]), theirs.read_exact(&mut part));
            written.unwrap();
            read.unwrap();
            exchange.hand_on(Body::empty());
            outgoing.flush().await.unwrap();
            tokio::time::sleep(STALL).await;
            exchange.answer(Some(SEND));
        }
    }
}
