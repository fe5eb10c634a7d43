//! Live work while something else is done: writes at a steady rate, readers, and who looks how soon
//! the read models have what was written. Each on a thread of its own, until told to stop.

mod lag;
mod reading;
mod writing;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use kit::stalls::{Sleepers, Stalls};

use crate::company::Company;
use crate::past::Past;
use crate::roles::Roles;
pub(crate) use reading::{KINDS, READS, Read};
pub(crate) use writing::WRITES;

pub(crate) struct Traffic {
    enough: Arc<AtomicBool>,
    writing: JoinHandle<anyhow::Result<Vec<Took>>>,
    reading: JoinHandle<anyhow::Result<Vec<Read>>>,
    lags: Vec<Watch>,
    sleepers: Sleepers,
}

/// Who looks at one read model.
type Watch = (&'static str, JoinHandle<anyhow::Result<Vec<Took>>>);

/// When something began, and how long it took.
pub(crate) type Took = (Instant, Duration);

/// All that was seen.
pub(crate) struct Seen {
    /// From the request until the 2xx.
    pub(crate) writes: Vec<Took>,
    pub(crate) reads: Vec<Read>,
    /// From the 2xx until the live slot's checkpoint has the write, of each read model.
    pub(crate) lags: Vec<(&'static str, Vec<Took>)>,
    /// When nobody could have been quick.
    pub(crate) stalls: Stalls,
}

impl Traffic {
    /// Begins, and looks at these read models.
    pub(crate) fn start(
        roles: &Roles,
        company: Company,
        past: &Past,
        models: &[&'static str],
    ) -> Self {
        let enough = Arc::new(AtomicBool::new(false));
        let (mut tellers, mut lags) = (Vec::new(), Vec::new());
        for model in models.iter().copied() {
            let (teller, promised) = channel();
            tellers.push(teller);
            let database_url = roles.database_url.clone();
            lags.push((model, thread::spawn(move || lag::watch(&database_url, model, &promised))));
        }
        let writing = {
            let (target, enough) = (roles.scim(), Arc::clone(&enough));
            thread::spawn(move || writing::write(&target, &company, &tellers, &enough))
        };
        let reading = {
            let (target, enough) = (roles.reads(), Arc::clone(&enough));
            let paths = reading::paths(past);
            thread::spawn(move || reading::read(&target, &paths, &enough))
        };
        Self { enough, writing, reading, lags, sleepers: Sleepers::start() }
    }

    /// Fails if some of it has ended by itself; [`Self::stop`] would tell why.
    pub(crate) fn goes_on(&self) -> bool {
        !self.writing.is_finished()
            && !self.reading.is_finished()
            && self.lags.iter().all(|(_, watch)| !watch.is_finished())
    }

    /// Ends it, once all that was written is in the read models.
    pub(crate) fn stop(self) -> anyhow::Result<Seen> {
        self.enough.store(true, Ordering::Relaxed);
        let mut stalls = Stalls::default();
        self.sleepers.stop(&mut stalls);
        let writes = self.writing.join().ok().context("the writers broke down")??;
        let reads = self.reading.join().ok().context("the readers broke down")??;
        let join = |(model, watch): Watch| {
            let lag = watch.join().ok().context("the watch broke down")??;
            anyhow::Ok((model, lag))
        };
        let lags = self.lags.into_iter().map(join).collect::<Result<Vec<_>, _>>()?;
        ensure!(!writes.is_empty() && !reads.is_empty(), "nobody wrote or read");
        Ok(Seen { writes, reads, lags, stalls })
    }
}
