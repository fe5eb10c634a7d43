//! Many commands of one request.

use futures_util::{StreamExt, stream};
use tokio::task::coop::unconstrained;

/// How many commands of one request are under way at a time. They keep their order.
const TOGETHER: usize = 512;

/// Gives many commands, each by itself, and returns what came of each, in their order. The writer takes
/// those that wait into one append, so that many cost little more than one.
pub async fn in_order<F: Future>(commands: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    // A task that has done much is made to wait by tokio, which wakes what waited in the opposite
    // order: commands would reach the writer out of theirs.
    unconstrained(stream::iter(commands).buffered(TOGETHER).collect()).await
}
