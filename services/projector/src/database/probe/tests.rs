use std::io;
use std::sync::{Mutex, PoisonError};

use super::*;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// The levels of what was logged since the last call.
    fn levels(&self) -> Vec<String> {
        let text = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let text = String::from_utf8(text).unwrap();
        text.lines().map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_read_model_that_is_not_there_is_warned_of_only_after_all_were_there_once() {
    // A place that is reached first by a test that keeps no log would be off for this one too.
    let everything = tracing_subscriber::fmt().with_writer(io::sink).finish();
    let _ = tracing::subscriber::set_global_default(everything);
    let log = Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt().without_time().with_ansi(false);
    let lines = lines.with_writer(move || writer.clone());
    let _logging = tracing::subscriber::set_default(lines.finish());
    let (known, _state) = Known::new();
    let absent = [State::Missing("teams".to_owned()), State::Building("teams".to_owned())];

    known.note(State::Away("it starts".to_owned()));
    assert_eq!(log.levels(), ["WARN"]);
    for state in &absent {
        known.note(state.clone());
    }
    assert_eq!(log.levels(), ["INFO", "INFO"]);
    known.note(State::Well);
    known.note(State::Well);
    assert_eq!(log.levels(), ["INFO"], "what is known already is not logged again");
    for state in &absent {
        known.note(state.clone());
    }
    assert_eq!(log.levels(), ["WARN", "WARN"]);
}
