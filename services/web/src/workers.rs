//! A few threads for work whose size depends on a request.
//!
//! The async workers answer everybody, so nothing that a client can make large may run on them. What
//! is large runs here: on fewer threads than there are processors, at a lower priority, one tenant
//! after the other. Each tenant has a queue of its own, so that many requests of one wait behind
//! each other and not before anybody else's. What is small stays where it is: see
//! [`Workers::run_sized`].

mod queue;
mod stop;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use events::Tenant;
use tokio::sync::oneshot;

use self::queue::{Job, Queue, Ticket};
pub use self::stop::Stop;

/// Up to so many bytes, work is done where it is asked for: handing it over would cost as much.
pub const INLINE: usize = 32 << 10;

/// Jobs of one tenant that may wait. As many requests of a tenant may be answered at a time.
const MAX_WAITING_JOBS_PER_TENANT: usize = 256;

/// Jobs that may wait in all.
const MAX_WAITING_JOBS: usize = 1024;

/// How long a job may run, all its turns together.
const JOB_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a job should run before others have their turn.
const TIME_SLICE: Duration = Duration::from_millis(10);

/// How much less the threads matter to the operating system than those that answer everybody. At 5,
/// a thread gets a quarter of a processor for which one with 0 competes.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 5;

/// The threads, and what waits for them. A clone costs nothing to speak of; with the last one gone,
/// the threads end once they have done what waits.
#[derive(Clone, Debug)]
pub struct Workers(Arc<Owner>);

/// Why work was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// Too many jobs wait, in all or of this tenant.
    #[error(
        "too many large requests wait for their turn; send it again in a moment, or send fewer at a time"
    )]
    Busy,
    /// The job panicked.
    #[error("the request could not be carried out because of a fault of ours; it is in our log")]
    Panicked,
    /// The process is stopping.
    #[error("the service is stopping; send the request again")]
    Stopping,
}

impl WorkError {
    /// The status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Busy => StatusCode::TOO_MANY_REQUESTS,
            Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// After how many seconds the same request may be sent again, if that can help.
    pub fn retry_after(self) -> Option<u64> {
        match self {
            Self::Busy | Self::Stopping => Some(1),
            Self::Panicked => None,
        }
    }
}

/// How much may wait, and how long work may take.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    of_a_tenant: usize,
    in_all: usize,
    time: Duration,
    turn: Duration,
}

/// Ends the threads when nobody can give them work any more.
#[derive(Debug)]
struct Owner(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    /// Wakes threads: there is work, or there will be none.
    changed: Condvar,
    bounds: Bounds,
}

/// Takes work that nobody waits for any more out of the queue, and stops it if it runs.
struct Caller<'a> {
    shared: &'a Shared,
    ticket: Ticket,
    stop: Stop,
}

impl Workers {
    /// Starts this many threads; at least one.
    pub fn start(threads: usize) -> std::io::Result<Self> {
        let bounds = Bounds {
            of_a_tenant: MAX_WAITING_JOBS_PER_TENANT,
            in_all: MAX_WAITING_JOBS,
            time: JOB_TIMEOUT,
            turn: TIME_SLICE,
        };
        Self::with_bounds(threads, bounds)
    }

    /// As many threads as leave a processor to those that answer everybody.
    pub fn fewer_than_processors() -> usize {
        std::thread::available_parallelism().map_or(1, |processors| processors.get() - 1).max(1)
    }

    fn with_bounds(threads: usize, bounds: Bounds) -> std::io::Result<Self> {
        let threads = threads.max(1);
        let queue = Mutex::new(Queue::new(bounds.of_a_tenant, bounds.in_all, threads));
        let shared = Arc::new(Shared { queue, changed: Condvar::new(), bounds });
        let workers = Self(Arc::new(Owner(Arc::clone(&shared))));
        for number in 0..threads {
            let shared = Arc::clone(&shared);
            let name = format!("worker-{number}");
            std::thread::Builder::new().name(name).spawn(move || shared.serve())?;
        }
        Ok(workers)
    }

    /// Does work in a tenant's name. If the caller stops waiting before it began, it never does.
    pub async fn run<T: Send + 'static>(
        &self,
        tenant: &Tenant,
        work: impl FnOnce(&Stop) -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        self.run_in_turns(tenant, once(work)).await
    }

    /// Does work whose size is known: at once and here, unless it is more than [`INLINE`] bytes.
    pub async fn run_sized<T: Send + 'static>(
        &self,
        tenant: &Tenant,
        bytes: usize,
        work: impl FnOnce(&Stop) -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        if bytes > INLINE { self.run(tenant, work).await } else { self.here(work) }
    }

    /// Does work that others may interrupt: `work` is called again, when the tenant's next turn
    /// comes, until it has something to give. It should return whenever
    /// [`Stop::is_turn_over`] says so.
    pub async fn run_in_turns<T: Send + 'static>(
        &self,
        tenant: &Tenant,
        work: impl FnMut(&Stop) -> Option<T> + Send + 'static,
    ) -> Result<T, WorkError> {
        self.enter(tenant, work, true).await
    }

    /// Goes on with something of which a part was done before, such as the next piece of an answer:
    /// it is never refused because others wait. The caller sees to it that there are few.
    pub async fn go_on<T: Send + 'static>(
        &self,
        tenant: &Tenant,
        work: impl FnOnce(&Stop) -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        self.enter(tenant, once(work), false).await
    }

    /// Goes on like [`go_on`](Self::go_on) with work whose size is known: at once and here, unless it
    /// is more than [`INLINE`] bytes.
    pub async fn go_on_sized<T: Send + 'static>(
        &self,
        tenant: &Tenant,
        bytes: usize,
        work: impl FnOnce(&Stop) -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        if bytes > INLINE { self.go_on(tenant, work).await } else { self.here(work) }
    }

    fn here<T>(&self, work: impl FnOnce(&Stop) -> T) -> Result<T, WorkError> {
        let stop = Stop::within(self.0.0.bounds.time);
        catch_unwind(AssertUnwindSafe(|| work(&stop))).map_err(|_| WorkError::Panicked)
    }

    async fn enter<T: Send + 'static>(
        &self,
        tenant: &Tenant,
        work: impl FnMut(&Stop) -> Option<T> + Send + 'static,
        bounded: bool,
    ) -> Result<T, WorkError> {
        let shared = &self.0.0;
        let stop = Stop::within(shared.bounds.time);
        let (answer, done) = oneshot::channel();
        let job = Job::new(stop.clone(), turns(work, answer));
        let ticket = shared.lock().enter(tenant, job, bounded)?;
        shared.changed.notify_one();
        let _caller = Caller { shared, ticket, stop };
        // A panic drops the job, and with it the other end.
        done.await.map_err(|_| WorkError::Panicked)
    }
}

/// Work of one turn.
fn once<T>(work: impl FnOnce(&Stop) -> T) -> impl FnMut(&Stop) -> Option<T> {
    let mut work = Some(work);
    move |stop| work.take().map(|work| work(stop))
}

/// Work that tells whether it is done, and gives what comes of it to whoever waits.
fn turns<T>(
    mut work: impl FnMut(&Stop) -> Option<T>,
    answer: oneshot::Sender<T>,
) -> impl FnMut(&Stop) -> bool {
    let mut answer = Some(answer);
    move |stop| {
        let Some(given) = work(stop) else { return false };
        // Whoever has hung up wants no answer.
        drop(answer.take().map(|answer| answer.send(given)));
        true
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // No work runs while the lock is held, so that what it guards is whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The life of one thread.
    fn serve(&self) {
        lower_priority();
        let mut queue = self.lock();
        loop {
            if let Some((ticket, mut job)) = queue.next() {
                drop(queue);
                // A panic is a bug of one request, and must not end the thread that serves others.
                let turn = AssertUnwindSafe(|| job.take_turn(self.bounds.turn));
                let over = catch_unwind(turn).unwrap_or(true);
                let rest = if over {
                    drop(job);
                    None
                } else {
                    Some(job)
                };
                queue = self.lock();
                queue.leave(ticket, rest);
                // Another job of the same tenant may begin now.
                self.changed.notify_one();
            } else if queue.is_over() {
                self.changed.notify_all();
                return;
            } else {
                queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.lock().stop();
        self.0.changed.notify_all();
    }
}

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        self.stop.give_up();
        // Dropped after the lock is released: it may be large.
        let _job = self.shared.lock().withdraw(&self.ticket);
    }
}

/// Lets the threads that answer everybody go first. Where that cannot be done, work goes on as it is.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) =
        rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS)
    {
        tracing::debug!(error = &error as &dyn std::error::Error, "a worker keeps its priority");
    }
}

#[cfg(test)]
mod tests;
