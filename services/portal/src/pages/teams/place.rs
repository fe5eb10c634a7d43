//! What the pages of teams share: a team as the JSON API tells of it, and where its page is.

use events::TeamId;
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use crate::parts::badge::{Tone, badge};
use crate::parts::section::Section;
use crate::refused::Refused;
use crate::signed::Signed;

/// A team, as the JSON API lists them.
#[derive(Debug, Deserialize)]
pub(super) struct Team {
    pub(super) id: TeamId,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) origin: String,
    pub(super) members: u64,
    pub(super) stale: bool,
}

impl Team {
    /// Whether it is a group of Entra's.
    pub(super) fn is_synced(&self) -> bool {
        self.origin == "synced"
    }

    pub(super) fn badge(&self) -> Markup {
        if self.is_synced() { badge(Tone::Plain, "Synced") } else { badge(Tone::Good, "Made here") }
    }
}

/// The team that a path or a form names.
pub(crate) fn team(text: &str) -> Result<TeamId, Refused> {
    let id = text.parse::<Uuid>().map_err(|_| Refused::not_found("team"))?;
    Ok(TeamId(id))
}

/// Where a team's page is.
pub(crate) fn path(signed: &Signed, team: TeamId) -> String {
    format!("{}/{team}", Section::Teams.path(&signed.tenant))
}

/// What every page says that edits teams.
pub(crate) fn own_words() -> Markup {
    html! { "Nothing that is edited here changes Entra, and no sync undoes it." }
}
