//! When a request was under way, by the client's own count.

use std::sync::atomic::{AtomicU64, Ordering};

/// From before a request was sent to after it was answered. Of two requests that were under way at the
/// same time only the server knows which came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    sent: u64,
    answered: u64,
}

impl Span {
    /// Whether the server has carried out this request before the other one.
    pub(crate) fn is_before(self, other: Self) -> bool {
        self.answered < other.sent
    }
}

/// Counts what is sent and answered.
#[derive(Debug, Default)]
pub(super) struct Spans(AtomicU64);

impl Spans {
    /// A request is sent now.
    pub(super) fn begin(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }

    /// The request that was sent then is answered now.
    pub(super) fn end(&self, sent: u64) -> Span {
        Span { sent, answered: self.0.fetch_add(1, Ordering::SeqCst) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_at_the_same_time_have_no_order() {
        let spans = Spans::default();
        let (one, other) = (spans.begin(), spans.begin());
        let one = spans.end(one);
        let later = spans.begin();
        let (other, later) = (spans.end(other), spans.end(later));
        assert!(one.is_before(later) && !later.is_before(one));
        assert!(!one.is_before(other) && !other.is_before(one));
        assert!(!other.is_before(later) && !later.is_before(other));
    }
}
