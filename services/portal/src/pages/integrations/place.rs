//! What the pages of the section share: what they need, where they are, and where the settings are.

use jiff::Timestamp;
use maud::Markup;
use serde::Deserialize;
use web::Permission;

use crate::parts::layout::{self, Frame};
use crate::parts::page::Page;
use crate::parts::section::Section;
use crate::route::Needs;
use crate::signed::Signed;

/// What each of them needs.
pub(super) const NEEDS: Needs = Needs::Permission(Permission::ManageIntegrations);

/// What the operators' API answers when an integration was activated or its token rotated.
#[derive(Debug, Deserialize)]
pub(super) struct Activated {
    /// Where Entra sends its requests.
    pub(super) scim_base_url: String,
    /// A secret token, if one was made.
    #[serde(default)]
    pub(super) secret_token: Option<String>,
    /// When that expires, if it does.
    #[serde(default)]
    pub(super) expires_at: Option<Timestamp>,
}

/// Where the operators' API has the tenant's settings.
pub(super) fn settings(signed: &Signed, what: &str) -> String {
    format!("/operator/v1/tenants/{}/{what}", signed.tenant)
}

/// Where the section begins.
pub(super) fn home(signed: &Signed) -> String {
    Section::Integrations.path(&signed.tenant)
}

/// A page of the section.
pub(super) fn page(signed: &Signed, title: &str, content: Markup) -> Page {
    Page::new(layout::page(&Frame::of(signed, Section::Integrations), title, content))
}
