//! What the pages of the section share: what they need, their tabs, and words for numbers.

use acts::Role;
use maud::{Markup, html};
use web::Permission;

use crate::parts::layout::{self, Frame};
use crate::parts::page::Page;
use crate::parts::section::Section;
use crate::parts::text::counted;
use crate::route::Needs;
use crate::signed::Signed;

/// What it takes to look at any of it.
pub(super) const READ: Needs = Needs::Permission(Permission::Operate(Role::OpsRead));

/// The pages of the section, as its tabs list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Overview,
    Replays,
    Parked,
    Holds,
    Subscribers,
    Receipts,
    Journal,
}

impl Tab {
    const ALL: [Self; 7] = [
        Self::Overview,
        Self::Replays,
        Self::Parked,
        Self::Holds,
        Self::Subscribers,
        Self::Receipts,
        Self::Journal,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Replays => "Replays",
            Self::Parked => "Parked events",
            Self::Holds => "Holds",
            Self::Subscribers => "Subscribers",
            Self::Receipts => "Overdue receipts",
            Self::Journal => "Journal",
        }
    }

    /// Where it is.
    pub(super) fn path(self, signed: &Signed) -> String {
        let home = Section::Operations.path(&signed.tenant);
        match self {
            Self::Overview => home,
            Self::Replays => format!("{home}/replays"),
            Self::Parked => format!("{home}/parked"),
            Self::Holds => format!("{home}/holds"),
            Self::Subscribers => format!("{home}/subscribers"),
            Self::Receipts => format!("{home}/receipts"),
            Self::Journal => format!("{home}/journal"),
        }
    }
}

/// A page of the section, under one of its tabs.
pub(super) fn page(signed: &Signed, tab: Tab, title: &str, content: Markup) -> Page {
    let around = html! {
        nav.tabs aria-label="Operations" {
            @for one in Tab::ALL {
                a href=(one.path(signed)) aria-current=[(one == tab).then_some("page")] { (one.name()) }
            }
        }
        (content)
    };
    Page::new(layout::page(&Frame::of(signed, Section::Operations), title, around))
}

/// What a read model is called where people read it.
pub(super) fn read_model(projection: &str) -> &str {
    match projection {
        "directory" => "People",
        "teams" => "Teams",
        "retention" => "Leavers' bookings",
        "activity" => "History",
        other => other,
    }
}

/// How long something takes or lasts, to be read at a glance.
pub(super) fn lasting(seconds: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of seconds to be read"
    )]
    let whole = seconds.max(0.0).round() as u64;
    match whole {
        0 if seconds > 0.0 => "less than a second".to_owned(),
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min", whole / 60),
        3600..86_400 => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
        _ => counted(whole / 86_400, "day", "days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_something_lasts_is_told_in_the_largest_unit_that_fits() {
        for (seconds, told) in [
            (0.0, "0 s"),
            (0.2, "less than a second"),
            (12.4, "12 s"),
            (61.0, "1 min"),
            (5400.0, "1 h 30 min"),
            (86_400.0, "1 day"),
            (250_000.0, "2 days"),
        ] {
            assert_eq!(lasting(seconds), told);
        }
    }
}
