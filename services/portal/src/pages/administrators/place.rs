//! What the pages of the section share: where they are, where the settings are, and what they show alike.

use events::{AdministratorRole, AdministratorRoles};
use maud::{Markup, html};
use roster::Administrator;

use crate::parts::badge::{Tone, badge};
use crate::parts::layout::{self, Frame};
use crate::parts::page::Page;
use crate::parts::role::called;
use crate::parts::section::Section;
use crate::parts::text::capital;
use crate::signed::Signed;

/// How they sign in.
pub(super) fn way_in(one: &Administrator) -> Markup {
    match (&one.identity, one.link.spent_at) {
        (Some(_), _) => badge(Tone::Good, "Account"),
        (None, Some(_)) => badge(Tone::Plain, "Link was used"),
        (None, None) => badge(Tone::Warn, "Invited"),
    }
}

/// All roles, each with what it opens.
pub(super) fn choice_of_roles(chosen: &AdministratorRoles) -> Markup {
    html! {
        fieldset {
            legend { "Roles" }
            @for role in AdministratorRole::ALL {
                label.check {
                    input type="checkbox" name="role" value=(role) checked[chosen.contains(&role)];
                    span { b { (called(role)) } br; span.hint { (capital(role.opens())) "." } }
                }
            }
        }
    }
}

/// Where the operators' API has the tenant's administrators.
pub(super) fn settings(signed: &Signed, what: &str) -> String {
    format!("/operator/v1/tenants/{}/administrators{what}", signed.tenant)
}

pub(super) fn home(signed: &Signed) -> String {
    Section::Administrators.path(&signed.tenant)
}

pub(super) fn page(signed: &Signed, title: &str, content: Markup) -> Page {
    Page::new(layout::page(&Frame::of(signed, Section::Administrators), title, content))
}
