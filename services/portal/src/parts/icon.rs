//! Signs, drawn by lines: no file has to be loaded for them.

use maud::{Markup, html};

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Overview,
    People,
    Teams,
    Leavers,
    Activity,
    Requests,
    Integrations,
    Operations,
    Administrators,
    Search,
    Menu,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Overview => "M3.5 9.5 10 4l6.5 5.5M5.5 8.5V16h9V8.5M8.5 16v-4h3v4",
            Self::People => {
                "M10 10a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM4 17c.6-3 3-4.6 6-4.6s5.4 1.6 6 4.6"
            }
            Self::Teams => {
                "M7.5 9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM13.5 9.5a2 2 0 1 0 0-4M3 16c.4-2.7 2.2-4 4.5-4s4.1 1.3 4.5 4M14 12.2c1.7.3 2.7 1.5 3 3.3"
            }
            Self::Leavers => "M8 4H4.5v12H8M12 6.5 15.5 10 12 13.5M15 10H8",
            Self::Activity => "M3 10h3l2.5-6 4 12 2.5-6h2.5",
            Self::Requests => "M4 7h11M12 4l3 3-3 3M16 13H5M8 10l-3 3 3 3",
            Self::Integrations => "M8 3v4M12 3v4M6 7h8v3a4 4 0 0 1-8 0zM10 14v3",
            Self::Operations => "M3.5 12.5a6.5 6.5 0 1 1 13 0M10 12.5 13 8M3.5 15.5h13",
            Self::Administrators => {
                "M10 3l6 2.2v4.3c0 3.7-2.5 6.2-6 7.5-3.5-1.3-6-3.8-6-7.5V5.2zM7.5 10l1.8 1.8L12.8 8"
            }
            Self::Menu => "M3.5 5.5h13M3.5 10h13M3.5 14.5h13",
            Self::Search => "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4",
        }
    }
}

/// The sign, which says nothing that the words beside it do not.
pub(crate) fn icon(icon: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.5"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false" {
            path d=(icon.path()) {}
        }
    }
}
