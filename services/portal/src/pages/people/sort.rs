//! In which order the list of people is shown.

/// An order: by what, and whether downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sort {
    by: By,
    is_descending: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Name,
    UserName,
    Standing,
    Joined,
    Left,
}

impl By {
    const ALL: [Self; 5] = [Self::Name, Self::UserName, Self::Standing, Self::Joined, Self::Left];

    /// As the address of the page says it.
    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::UserName => "user-name",
            Self::Standing => "standing",
            Self::Joined => "joined",
            Self::Left => "left",
        }
    }

    /// As the JSON API is asked.
    fn parameter(self) -> &'static str {
        match self {
            Self::Name => "displayName",
            Self::UserName => "userName",
            Self::Standing => "standing",
            Self::Joined => "joinedAt",
            Self::Left => "leftAt",
        }
    }
}

/// By each column, in the direction in which somebody most likely wants it: of times, the newest first.
impl Sort {
    pub(super) const NAME: Self = Self { by: By::Name, is_descending: false };
    pub(super) const USER_NAME: Self = Self { by: By::UserName, is_descending: false };
    pub(super) const STANDING: Self = Self { by: By::Standing, is_descending: false };
    pub(super) const JOINED: Self = Self { by: By::Joined, is_descending: true };
    pub(super) const LEFT: Self = Self { by: By::Left, is_descending: true };

    /// Of the parameters of an address: by name, unless they say otherwise.
    pub(super) fn of(by: &str, order: &str) -> Self {
        let by = By::ALL.into_iter().find(|one| one.as_str() == by).unwrap_or(By::Name);
        Self { by, is_descending: order == "descending" }
    }

    /// The parameters of an address; what goes without saying is empty.
    pub(super) fn query(self) -> [(&'static str, &'static str); 2] {
        let by = if self.by == By::Name { "" } else { self.by.as_str() };
        let order = if self.is_descending { "descending" } else { "" };
        [("sort", by), ("order", order)]
    }

    /// As the JSON API is asked.
    pub(super) fn parameters(self) -> [(&'static str, &'static str); 2] {
        if self == Self::NAME {
            return [("sortBy", ""), ("sortOrder", "")];
        }
        [("sortBy", self.by.parameter()), ("sortOrder", self.words())]
    }

    fn words(self) -> &'static str {
        if self.is_descending { "descending" } else { "ascending" }
    }

    /// In which direction the list is sorted by the column of `other`, if it is.
    pub(super) fn direction(self, other: Self) -> Option<&'static str> {
        (self.by == other.by).then(|| self.words())
    }

    /// What a press on the head of the column of `other` asks for: the other direction, if it is sorted by it.
    pub(super) fn next(self, other: Self) -> Self {
        if self.by == other.by {
            Self { is_descending: !self.is_descending, ..self }
        } else {
            other
        }
    }
}
