//! Which people the list shows.

/// Which people are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    Active,
    Former,
    Held,
    All,
}

impl Filter {
    pub(super) const ALL: [Self; 4] = [Self::Active, Self::Former, Self::Held, Self::All];

    /// As the addresses of the pages say it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Former => "former",
            Self::Held => "held",
            Self::All => "all",
        }
    }

    /// As the tabs call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Former => "Former",
            Self::Held => "Held",
            Self::All => "Everybody",
        }
    }

    /// Whether somebody of these may have left.
    pub(super) fn shows_left(self) -> bool {
        match self {
            Self::Active | Self::Held => false,
            Self::Former | Self::All => true,
        }
    }

    /// As the JSON API is asked.
    pub(super) fn parameter(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Active => Some(("standing", "active")),
            Self::Former => Some(("standing", "former")),
            Self::Held => Some(("held", "true")),
            Self::All => None,
        }
    }

    /// What is said where nobody stands so.
    pub(super) fn nobody(self) -> (&'static str, &'static str) {
        match self {
            Self::Active | Self::All => (
                "Nobody is here yet",
                "People appear by themselves once Entra provisions them: see Integrations.",
            ),
            Self::Former => {
                ("Nobody has left", "Whoever is disabled or deleted in Entra is listed here.")
            }
            Self::Held => (
                "Nobody is held",
                "When many people leave at once, they can be kept Active until somebody decides.",
            ),
        }
    }
}
