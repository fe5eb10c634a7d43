//! Whatever happens to requests and answers, what is said of an append is true of the log.

use std::cell::RefCell;
use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

/// What happens to one request.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Nothing,
    /// The log stores nothing, and nobody hears of it.
    RequestLost,
    /// The log stores the batch, and nobody hears of it.
    AnswerLost,
    /// The request is on its way until the next one comes, or for good.
    Late,
    /// Another writer gets in first.
    Foreign,
    Full,
    Away,
    /// A question whether the batch was stored gets no answer.
    Silent,
}

/// A log that ends where the batch expects it to, until something is stored.
#[derive(Default)]
struct Log {
    faults: VecDeque<Fault>,
    /// What was stored, in order: whether it is ours.
    stored: Vec<bool>,
    /// A request that has not arrived yet.
    late: bool,
}

impl Log {
    fn take(&mut self, ours: bool) -> Result<(), AppendError> {
        if self.stored.is_empty() {
            self.stored.push(ours);
            Ok(())
        } else {
            Err(AppendError::Conflict)
        }
    }

    fn append(&mut self) -> Result<(), AppendError> {
        self.arrive();
        let lost = || Err(AppendError::Unknown("lost".into()));
        match self.faults.pop_front().unwrap_or(Fault::Nothing) {
            Fault::Nothing | Fault::Silent => self.take(true),
            Fault::RequestLost => lost(),
            Fault::AnswerLost => {
                let _ = self.take(true);
                lost()
            }
            Fault::Late => {
                self.late = true;
                lost()
            }
            Fault::Foreign => {
                let _ = self.take(false);
                self.take(true)
            }
            Fault::Full => Err(AppendError::Full("full".into())),
            Fault::Away => Err(AppendError::Unavailable("away".into())),
        }
    }

    /// The late request arrives.
    fn arrive(&mut self) {
        if std::mem::take(&mut self.late) {
            let _ = self.take(true);
        }
    }

    fn was_appended(&mut self) -> Result<bool, ()> {
        if matches!(self.faults.front(), Some(Fault::Silent)) {
            self.faults.pop_front();
            return Err(());
        }
        Ok(self.stored.first() == Some(&true))
    }
}

/// What is said of an append to a log with these faults, and what the log holds then. Each request
/// takes a second.
fn append(faults: impl IntoIterator<Item = Fault>) -> (Appended, Vec<bool>) {
    let log = RefCell::new(Log { faults: faults.into_iter().collect(), ..Log::default() });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let said = runtime.block_on(append_and_find_out(
        async || {
            tokio::time::sleep(Duration::from_secs(1)).await;
            log.borrow_mut().append()
        },
        async || log.borrow_mut().was_appended(),
    ));
    log.borrow_mut().arrive();
    (said, log.into_inner().stored)
}

#[test]
fn an_append_whose_answer_was_lost_is_found_in_the_log_and_not_sent_again() {
    let (said, stored) = append([Fault::AnswerLost]);
    assert_eq!(said, Appended::Durably { took: Duration::from_secs(1) });
    assert_eq!(stored, [true]);
}

#[test]
fn an_append_that_was_lost_is_sent_again() {
    let (said, stored) = append([Fault::RequestLost]);
    assert_eq!(said, Appended::Durably { took: Duration::from_secs(2) });
    assert_eq!(stored, [true]);
}

#[test]
fn an_append_that_arrives_late_is_no_conflict_with_itself() {
    let (said, stored) = append([Fault::Late]);
    assert_eq!(said, Appended::Durably { took: Duration::from_secs(2) });
    assert_eq!(stored, [true]);
}

#[test]
fn a_log_that_never_answers_is_given_up() {
    let (said, stored) = append([Fault::RequestLost; 10]);
    assert_eq!((said, stored), (Appended::Unclear(Outage::LogAway), vec![]));
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        1 => Just(Fault::Nothing),
        3 => Just(Fault::RequestLost),
        2 => Just(Fault::AnswerLost),
        3 => Just(Fault::Late),
        2 => Just(Fault::Foreign),
        1 => Just(Fault::Full),
        1 => Just(Fault::Away),
        2 => Just(Fault::Silent),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn what_is_said_of_an_append_is_true_of_the_log(
        faults in prop::collection::vec(fault(), 0..8),
    ) {
        let (said, stored) = append(faults);
        let ours = stored.iter().filter(|ours| **ours).count();
        prop_assert!(ours <= 1, "stored twice");
        match said {
            Appended::Durably { .. } => prop_assert_eq!(ours, 1, "answered and not stored"),
            Appended::Conflict => prop_assert_eq!(ours, 0, "stored, and to be decided again"),
            Appended::Unclear(_) => {}
        }
    }
}
