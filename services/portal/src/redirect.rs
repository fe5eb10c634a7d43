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
    let (session, after) = (signed.session.id, portal.access().position());
    portal.sessions().after(session, after).await?;
    let path = portal.sessions().leave(session, &notice, path).await?;
    Ok(Redirect::to(&path).into_response())
}
