//! The nightly sample of live read models.

use clap::Args;
use jiff::civil::Time;
use operations::Operations;
use tokio_util::sync::CancellationToken;

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct SampleArgs {
    /// Verify one tenant's rows of each read model every day at this time (UTC), such as 02:30
    ///
    /// What was found is in `rollcall operations log` and under `/metrics`; a difference is an error
    /// in the log of the program.
    #[arg(long, value_name = "HH:MM", env = "ROLLCALL_VERIFY_SAMPLE", value_parser = time)]
    verify_sample: Option<Time>,
}

impl SampleArgs {
    /// Begins to do so, if it is wanted.
    pub(crate) fn begin(self, ops: &Operations, stop: &CancellationToken) {
        if let Some(at) = self.verify_sample {
            tokio::spawn(ops.clone().keep_sampling(at, stop.clone()));
        }
    }
}

fn time(text: &str) -> Result<Time, String> {
    text.parse().map_err(|_| "write hours and minutes of a day, such as 02:30".to_owned())
}
