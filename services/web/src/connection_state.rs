//! The state of one connection: whether a request came, and which answer is being sent.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::connections::Connected;

/// What one connection is about. One answer is sent at a time: requests that a client sends ahead
/// (pipelining) wait until it has read the answers before.
#[derive(Debug)]
pub(crate) struct ConnectionState {
    state: Mutex<State>,
    sent: Notify,
    connected: Arc<Connected>,
}

#[derive(Debug, Default)]
struct State {
    /// Whether a request has come on the connection.
    is_begun: bool,
    /// Whether an answer is being sent.
    is_answering: bool,
    /// By when it has to be sent, if it has to be.
    until: Option<Instant>,
    /// The body of the answer, when all of it was handed on: with it goes the permit that the
    /// request has, which must not be free before the client has read the answer.
    handed_on: Option<Body>,
}

impl ConnectionState {
    pub(crate) fn new(connected: Arc<Connected>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), sent: Notify::new(), connected })
    }

    /// Whether a request has come.
    pub(crate) fn is_begun(&self) -> bool {
        self.state().is_begun
    }

    /// Waits until the answer before was sent, and notes that there is a request.
    pub(crate) async fn next(&self) {
        self.state().is_begun = true;
        while self.state().is_answering {
            self.sent.notified().await;
        }
    }

    /// Notes that an answer begins, which has to be sent within `time`; an endless one has none.
    pub(crate) fn answer(&self, time: Option<Duration>) {
        let mut state = self.state();
        state.is_answering = true;
        state.until = time.map(|time| Instant::now() + time);
    }

    /// By when the answer that is being sent has to be.
    pub(crate) fn until(&self) -> Option<Instant> {
        self.state().until
    }

    /// Keeps a body that was handed on to its end.
    pub(crate) fn hand_on(&self, body: Body) {
        self.state().handed_on = Some(body);
    }

    /// Notes that everything that was handed on has left.
    pub(crate) fn flushed(&self) {
        let mut state = self.state();
        let Some(body) = state.handed_on.take() else { return };
        state.is_answering = false;
        state.until = None;
        drop(state);
        // Whatever is in it may take its time to go.
        drop(body);
        self.connected.rest();
        self.sent.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
