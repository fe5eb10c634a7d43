//! What is told so far.

use std::sync::Arc;

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

    pub(crate) fn tell(&self, phase: Phase) {
        self.phase.send_if_modified(|shown| {
            let changes = *shown != phase;
            *shown = phase;
            changes
        });
    }
}
