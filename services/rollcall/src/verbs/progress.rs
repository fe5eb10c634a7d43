//! Progress of long work, on a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use simulator::{Options, Outcome, Progress};

/// A bar on standard error; nothing where that is no terminal.
pub(crate) fn bar(total: u64, what: &str) -> ProgressBar {
    let template = format!("{{bar:30}} {{pos}}/{{len}} {what}  {{per_sec}}  {{eta}}  {{msg}}");
    let style = ProgressStyle::with_template(&template).expect("a template that is well written");
    ProgressBar::new(total).with_style(style)
}

/// Runs a simulation behind a bar.
pub(crate) async fn simulated(options: Options, what: &str) -> anyhow::Result<Outcome> {
    let bar = bar(0, what);
    let show = |progress: Progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        bar.set_message(progress.stage.title());
    };
    let outcome = simulator::run(options, &show).await?;
    bar.finish_and_clear();
    Ok(outcome)
}
