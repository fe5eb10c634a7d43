//! Waiting for what servers and programs do.

use std::time::{Duration, Instant};

/// Far more than anything here takes, even on a machine whose disk stands still for half a minute.
pub const DEADLINE: Duration = Duration::from_mins(3);

/// Waits until `condition` holds; `what` says which one did not.
pub async fn until<F>(what: &str, mut condition: impl FnMut() -> F)
where
    F: Future<Output = bool>,
{
    let asked = Instant::now();
    while !condition().await {
        assert!(asked.elapsed() < DEADLINE, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until there is something, and returns it; `what` says what there is not.
pub async fn found<T, F>(what: &str, look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    found_within(DEADLINE, what, look).await
}

/// The same, for what may take another time.
pub async fn found_within<T, F>(time: Duration, what: &str, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let asked = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(asked.elapsed() < time, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Runs what blocks, as starting and killing servers does, outside of the async runtime.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("the server does as it is told")
}
