//! What is told so far.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use roster::Roster;
use tokio::sync::watch;

/// The roster as the feed tells it up to one message.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// All that is told up to there, and nothing else.
    pub roster: Roster,
    /// The last message of the feed.
    pub end: u64,
}

/// How the telling goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// It is read where the feed ends, and what was told.
    #[default]
    Starting,
    /// All that comes is told at once.
    Telling,
    /// It cannot go on before somebody mends something.
    Stuck(String),
}

/// Where the picture is shown that one publisher makes.
#[derive(Debug, Default)]
pub struct Shown {
    picture: ArcSwap<Picture>,
    phase: watch::Sender<Phase>,
    end: watch::Sender<u64>,
    /// Whether the stream is not the one any more that this process opened.
    replaced: AtomicBool,
}

impl Shown {
    /// What is told at this moment.
    pub fn picture(&self) -> Arc<Picture> {
        self.picture.load_full()
    }

    /// How the telling goes.
    pub fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// The last message that is told.
    pub fn end(&self) -> watch::Receiver<u64> {
        self.end.subscribe()
    }

    pub(crate) fn show(&self, picture: Picture) {
        let end = picture.end;
        self.picture.store(Arc::new(picture));
        self.end.send_if_modified(|shown| std::mem::replace(shown, end) != end);
    }

    /// Whether the stream is not the one any more that this process opened: its places mean nothing then.
    pub(crate) fn is_replaced(&self) -> bool {
        self.replaced.load(Ordering::Relaxed)
    }

    /// The stream is another one, for good.
    pub(crate) fn is_of_another_stream(&self, why: &str) {
        self.tell(Phase::Stuck(why.to_owned()));
        self.replaced.store(true, Ordering::Relaxed);
    }

    /// Says how it goes; who is stuck stays so.
    pub(crate) fn tell(&self, phase: Phase) {
        self.phase.send_if_modified(|shown| {
            let changes = *shown != phase && !matches!(shown, Phase::Stuck(_));
            if !changes {
                return false;
            }
            *shown = phase;
            changes
        });
    }
}
