//! The layout of all pages.

use events::Tenant;
use maud::{DOCTYPE, Markup, html};

use super::form::csrf;
use super::icon::{Icon, icon};
use super::section::Section;
use crate::assets::{ICON, SCRIPT, STYLE};
use crate::session::Notice;
use crate::signed::Signed;

/// What stands around the content of a page of a tenant.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    tenant: Tenant,
    several: bool,
    who: String,
    csrf: String,
    sections: Vec<Section>,
    here: Option<Section>,
    notice: Option<Notice>,
}

impl Frame {
    /// Around a page that `signed` sees, in this section.
    pub(crate) fn of(signed: &Signed, here: impl Into<Option<Section>>) -> Self {
        let sections = Section::ALL.into_iter().filter(|section| signed.may(section.needs()));
        Self {
            tenant: signed.tenant.clone(),
            several: signed.session.administrators.len() > 1,
            who: signed.name().to_owned(),
            csrf: signed.session.csrf.clone(),
            sections: sections.collect(),
            here: here.into(),
            notice: signed.session.notice.as_ref().map(|(_, notice)| notice.clone()),
        }
    }
}

/// A page of a tenant, called `title`.
pub(crate) fn page(frame: &Frame, title: &str, content: Markup) -> Markup {
    let tenant = &frame.tenant;
    let around = html! {
        header.bar {
            a.brand href={ "/t/" (tenant) } { (mark()) span { "Rollcall" } }
            span.tenant {
                span.slug { (tenant) }
                @if frame.several { " " a href="/" { "switch" } }
            }
            details.who {
                summary { span { (frame.who) } }
                div.menu {
                    a href="/sessions" { "Your sessions" }
                    form method="post" action="/sign-out" { (csrf(&frame.csrf)) button.link { "Sign out" } }
                }
            }
        }
        div.shell {
            nav.side aria-label="Sections" {
                (sections(frame))
                // On a narrow screen they are opened instead; the style shows one of both.
                details.sections {
                    summary {
                        (icon(Icon::Menu))
                        span { (frame.here.map_or("Menu", Section::name)) }
                    }
                    (sections(frame))
                }
            }
            main #main tabindex="-1" {
                @if let Some(notice) = &frame.notice { (said(notice)) }
                (content)
            }
        }
    };
    document(&format!("{title} · {tenant} · Rollcall"), around)
}

fn sections(frame: &Frame) -> Markup {
    html! {
        ul {
            @for section in &frame.sections {
                @let here = frame.here == Some(*section);
                li { a href=(section.path(&frame.tenant)) aria-current=[here.then_some("page")] {
                    (icon(section.icon())) span { (section.name()) }
                } }
            }
        }
    }
}

/// A page for somebody who is not at a tenant: to sign in, to choose one, or an error.
pub(crate) fn bare(title: &str, content: Markup) -> Markup {
    let around = html! {
        header.bar { a.brand href="/" { (mark()) span { "Rollcall" } } }
        div.narrow { main #main tabindex="-1" { (content) } }
    };
    document(&format!("{title} · Rollcall"), around)
}

fn document(title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href=(ICON.path());
                link rel="stylesheet" href=(STYLE.path());
                script src=(SCRIPT.path()) defer {}
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (body)
            }
        }
    }
}

/// What came of a form.
fn said(notice: &Notice) -> Markup {
    let class = if notice.done { "notice done" } else { "notice failed" };
    let role = if notice.done { "status" } else { "alert" };
    html! { div class=(class) role=(role) { p { (notice.text) } } }
}

fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" focusable="false" {
            rect width="32" height="32" rx="8" fill="currentColor" {}
            path.tick d="M9 17l5 5 9-11" fill="none" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" {}
        }
    }
}
