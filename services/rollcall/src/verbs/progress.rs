//! Progress of long work, on a terminal.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use simulator::{Options, Outcome, Progress};

/// A bar on standard error; nothing where that is no terminal.
pub(crate) fn bar(total: u64, what: &str) -> ProgressBar {
    let template = "{bar:30} {pos}/{len} {msg}  {per_sec}  {eta}";
    let style = ProgressStyle::with_template(template).expect("a template that is well written");
    ProgressBar::new(total).with_style(style).with_message(what.to_owned())
}

/// What is going on while nobody knows how long it takes; nothing where standard error is no terminal.
pub(crate) fn spinner(what: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// One bar for each stage of a simulation, one after the other: stages count different things, and
/// nobody knows beforehand how many there are.
struct Bars<'w> {
    what: &'w str,
    shown: Option<(Progress, ProgressBar)>,
}

impl Bars<'_> {
    fn show(&mut self, now: Progress) {
        match &mut self.shown {
            Some((last, bar)) if goes_on(*last, now) => {
                bar.set_position(now.done);
                *last = now;
            }
            shown => {
                if let Some((_, ended)) = shown.take() {
                    ended.finish_and_clear();
                }
                let bar = bar(now.total, &format!("{}: {}", self.what, now.stage.title()));
                bar.set_position(now.done);
                // What was done before the bar was there tells nothing about how fast it goes.
                bar.reset_eta();
                *shown = Some((now, bar));
            }
        }
    }

    fn clear(self) {
        if let Some((_, bar)) = self.shown {
            bar.finish_and_clear();
        }
    }
}

/// Whether this is the same stage of the same cycle, further on.
fn goes_on(last: Progress, now: Progress) -> bool {
    last.stage == now.stage && last.total == now.total && last.done <= now.done
}

/// Runs a simulation behind a bar.
pub(crate) async fn simulated(options: Options, what: &str) -> anyhow::Result<Outcome> {
    let bars = Mutex::new(Bars { what, shown: None });
    let show = |progress: Progress| {
        bars.lock().unwrap_or_else(PoisonError::into_inner).show(progress);
    };
    let outcome = simulator::run(options, &show).await;
    bars.into_inner().unwrap_or_else(PoisonError::into_inner).clear();
    Ok(outcome?)
}

#[cfg(test)]
mod tests {
    use simulator::Stage;

    use super::*;

    #[test]
    fn what_was_done_before_a_bar_was_shown_is_no_rate() {
        let mut bars = Bars { what: "demo tenant", shown: None };
        bars.show(Progress { stage: Stage::Bookings, done: 240, total: 480 });
        let (_, bar) = bars.shown.as_ref().expect("a bar");
        assert!(bar.per_sec() < 1.0, "{}", bar.per_sec());
    }

    #[test]
    fn a_bar_never_runs_backwards_nor_beyond_its_end() {
        let mut bars = Bars { what: "demo tenant", shown: None };
        let mut before: Option<(u64, u64)> = None;
        let told = [
            (Stage::People, 1, 120),
            (Stage::People, 120, 120),
            (Stage::Bookings, 480, 480),
            (Stage::People, 1, 10),
            (Stage::People, 10, 10),
            (Stage::People, 1, 10),
            (Stage::Members, 2, 7),
            (Stage::Compare, 0, 1),
        ];
        let mut stages = 0;
        for (stage, done, total) in told {
            bars.show(Progress { stage, done, total });
            let (_, bar) = bars.shown.as_ref().expect("a bar");
            assert_eq!((bar.position(), bar.length()), (done, Some(total)), "{stage:?}");
            assert!(bar.message().ends_with(stage.title()), "{}", bar.message());
            stages += u64::from(before.is_none_or(|(was, of)| of != total || was > done));
            before = Some((done, total));
        }
        assert_eq!(stages, 6);
    }
}
