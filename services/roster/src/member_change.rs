//! How a group's members are to change.

/// A change to a group's members, whose values are SCIM ids as the client sent them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberChange {
    /// These are members.
    Add(Vec<String>),
    /// These are no members.
    Remove(Vec<String>),
    /// These and no others. Those who cannot be seen, since their resource is gone, go as well: who
    /// emptied a group does not find them in it again when they are made anew.
    Exactly(Vec<String>),
}
