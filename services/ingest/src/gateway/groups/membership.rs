//! Who is a member of a group between the edits of one request.

use std::collections::HashMap;

use roster::MemberChange;
use scim::MemberEdit;

/// Who is a member after the edits that were applied. It is kept only if an edit asks for it.
pub(super) struct Membership {
    is_needed: bool,
    /// Those whom the edits name, and whether they are members now.
    named: HashMap<String, bool>,
    /// Whether the edits have removed all whom they do not name.
    others_removed: bool,
}

impl Membership {
    /// Before the first of these edits.
    pub(super) fn before(edits: &[MemberEdit]) -> Self {
        let is_needed = edits.iter().any(|edit| matches!(edit, MemberEdit::Expect(_)));
        Self { is_needed, named: HashMap::new(), others_removed: false }
    }

    /// Takes in one more change.
    pub(super) fn apply(&mut self, change: &MemberChange) {
        if !self.is_needed {
            return;
        }
        let added = |members: &[String]| {
            members.iter().map(|member| (member.clone(), true)).collect::<Vec<_>>()
        };
        match change {
            MemberChange::Add(members) => self.named.extend(added(members)),
            MemberChange::Remove(ids) => {
                self.named.extend(ids.iter().map(|id| (id.clone(), false)));
            }
            MemberChange::Exactly(members) => {
                self.named = added(members).into_iter().collect();
                self.others_removed = true;
            }
        }
    }

    /// Whether somebody is a member now; `was_member` says whether they were before the first edit.
    pub(super) fn contains(&self, id: &str, was_member: impl FnOnce(&str) -> bool) -> bool {
        match self.named.get(id) {
            Some(is_member) => *is_member,
            None => !self.others_removed && was_member(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(changes: &[MemberChange]) -> Membership {
        let mut membership = Membership::before(&[MemberEdit::Expect("ada".to_owned())]);
        for change in changes {
            membership.apply(change);
        }
        membership
    }

    #[test]
    fn whoever_no_change_speaks_of_is_a_member_if_the_group_has_them() {
        let membership = after(&[MemberChange::Add(vec!["bob".into()])]);
        assert!(membership.contains("bob", |_| false));
        assert!(membership.contains("ada", |_| true) && !membership.contains("ada", |_| false));
    }

    #[test]
    fn the_last_change_says_who_is_a_member() {
        let gone = MemberChange::Remove(vec!["ada".to_owned()]);
        assert!(!after(std::slice::from_ref(&gone)).contains("ada", |_| true));
        let back = [gone.clone(), MemberChange::Add(vec!["ada".into()])];
        assert!(after(&back).contains("ada", |_| false));
        let others = [back[1].clone(), MemberChange::Exactly(vec!["bob".into()])];
        assert!(
            !after(&others).contains("ada", |_| true) && after(&others).contains("bob", |_| false)
        );
    }
}
