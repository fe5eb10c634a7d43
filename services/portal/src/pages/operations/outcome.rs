//! What became of a form: done, or refused with the reason on the page that it came from.

use axum::response::Response;
use web::Problem;

use crate::parts::text::sentence;
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
            Notice::failed(sentence(&problem.detail))
        }
        Err(problem) => return Err(problem.into()),
    };
    then(portal, signed, notice, to).await
}
