//! The end of a form: on to a page that says what came of it.

use axum::response::{IntoResponse as _, Redirect, Response};

use crate::portal::Portal;
use crate::refused::Refused;
use crate::session::Notice;
use crate::signed::Signed;

/// The browser goes on to `path`, whose page says what came of it and has seen what
/// was done.
pub(crate) async fn then(
    portal: &Portal,
    signed: &Signed,
    notice: Notice,
    path: &str,
) -> Result<Response, Refused> {
    let after = portal.access().position();
    portal.sessions().leave(signed.session.id, Some(&notice), after).await?;
    Ok(Redirect::to(path).into_response())
}
