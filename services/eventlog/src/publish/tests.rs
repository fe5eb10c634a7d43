use serde_json::json;

use super::*;

fn answered(code: u64, text: &str) -> AppendError {
    let error = json!({ "code": 503, "err_code": code, "description": text });
    append_error(serde_json::from_value(error).expect("is an error of the server's"))
}

#[test]
fn an_error_that_is_not_known_says_nothing_about_the_events() {
    for code in [10077, 10009, 19999] {
        let error = answered(code, "something failed");
        assert!(matches!(error, AppendError::Unknown(_)), "{code}: {error:?}");
    }
}

#[test]
fn an_error_of_a_check_before_writing_says_that_nothing_was_written() {
    for code in CHECKED_BEFORE_WRITING {
        let error = answered(code.0, "refused");
        assert!(matches!(error, AppendError::Unavailable(_)), "{code:?}: {error:?}");
    }
    assert!(matches!(answered(10071, "wrong last sequence: 3"), AppendError::Conflict));
    assert!(matches!(answered(10164, "wrong last sequence"), AppendError::Conflict));
    assert!(matches!(answered(10077, "maximum bytes exceeded"), AppendError::Full(_)));
    assert!(matches!(answered(10047, "storage resources exceeded"), AppendError::Full(_)));
}
