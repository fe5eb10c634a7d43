//! What became of a form: done, or refused with the reason on the page that it came from.

use axum::response::Response;
use web::Problem;

use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::session::Notice;
use crate::signed::Signed;

/// Goes to `to` and says `done` there; what is refused is said there instead, as the form can be sent anew from it.
pub(super) async fn told<T>(
    portal: &Portal,
    signed: &Signed,
    asked: Result<T, Problem>,
    done: impl FnOnce(&T) -> String,
    to: &str,
) -> Result<Response, Refused> {
    let notice = match asked {
        Ok(answer) => Notice::done(done(&answer)),
        Err(problem) if (400..500).contains(&problem.status) => {
            Notice::failed(capital(&problem.detail))
        }
        Err(problem) => return Err(problem.into()),
    };
    then(portal, signed, notice, to).await
}

/// A sentence of the APIs, which begin small, as one of a page.
pub(super) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let text: String = first.chain(letters).collect();
    if text.ends_with(['.', '!', '?', '`']) { text } else { text + "." }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_api_says_becomes_a_sentence() {
        assert_eq!(capital("the plan expired; plan again"), "The plan expired; plan again.");
        assert_eq!(capital(""), ".");
    }
}
