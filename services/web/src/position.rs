//! The header `Rollcall-Position`: how far in the log an answer is.

use std::fmt;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, Method};
use events::Seq;

/// What every answer carries: of a read, all that it has seen; of anything else, a position after
/// which a read sees what was done, or why it was not.
pub const HEADER: HeaderName = HeaderName::from_static("rollcall-position");

type Ask = dyn Fn() -> Seq + Send + Sync;

/// Tells how far in the log a process is, from memory.
#[derive(Clone)]
pub struct Position(Arc<Ask>);

impl Position {
    /// The position that `ask` tells, which must answer from memory.
    pub fn new(ask: impl Fn() -> Seq + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    /// The position at this moment.
    pub fn now(&self) -> Seq {
        (self.0)()
    }

    /// To be asked before a request is answered.
    pub(crate) fn before(&self, method: &Method) -> Before {
        // The process may see more while it reads, which an answer need not have seen.
        Before(method.is_safe().then(|| self.now()))
    }
}

impl Default for Position {
    /// That of a process which has seen nothing.
    fn default() -> Self {
        Self::new(|| Seq(0))
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Position")
    }
}

/// The position of a read, which is the one before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before(Option<Seq>);

impl Before {
    /// Tells the position in an answer, unless whoever answered knew it better.
    pub(crate) fn tell(self, position: &Position, headers: &mut HeaderMap) {
        if !headers.contains_key(&HEADER) {
            let seen = self.0.unwrap_or_else(|| position.now());
            headers.insert(HEADER, seen.0.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// The position in an answer that begins at 7 and ends at 8.
    fn told(method: &Method, headers: &mut HeaderMap) -> String {
        let log = Arc::new(AtomicU64::new(7));
        let asked = Arc::clone(&log);
        let position = Position::new(move || Seq(asked.load(Ordering::Relaxed)));
        let before = position.before(method);
        log.store(8, Ordering::Relaxed);
        before.tell(&position, headers);
        headers[HEADER].to_str().unwrap().to_owned()
    }

    #[test]
    fn a_read_has_seen_what_was_there_before_it_and_anything_else_can_be_seen_after_it() {
        assert_eq!(told(&Method::GET, &mut HeaderMap::new()), "7");
        assert_eq!(told(&Method::HEAD, &mut HeaderMap::new()), "7");
        assert_eq!(told(&Method::POST, &mut HeaderMap::new()), "8");
    }

    #[test]
    fn whoever_answers_knows_the_position_better() {
        let mut headers = HeaderMap::from_iter([(HEADER, 5.into())]);
        assert_eq!(told(&Method::GET, &mut headers), "5");
    }
}
