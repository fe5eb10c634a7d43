//! Names of things that hold a position in the log or in the feed, as a URL or a form may have them.
//!
//! All tenants share one log: plain positions, seen now and again, would show how much the others do.

use crate::portal::Portal;
use crate::refused::Refused;
use crate::signed::Signed;

/// The name as this tenant may see it.
pub(super) fn sealed(portal: &Portal, signed: &Signed, name: &str) -> String {
    portal.settings().positions.encrypt_cursor(&signed.tenant, name)
}

/// The name that was sealed for this tenant; `what` is said of any other text.
pub(super) fn opened(
    portal: &Portal,
    signed: &Signed,
    text: &str,
    what: &str,
) -> Result<String, Refused> {
    let name = portal.settings().positions.decrypt_cursor(&signed.tenant, text);
    name.ok_or_else(|| Refused::not_found(what))
}
