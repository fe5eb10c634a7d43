//! Who is a member of a group while the edits of one request are made to it.

use std::collections::HashMap;

use roster::{MemberChange, NewMember};
use scim::MemberEdit;

/// Who is a member, as far as the changes of one request say; kept only if an edit asks for it.
pub(super) struct Present {
    asked: bool,
    /// Those of whom the changes speak, and whether they are members.
    told: HashMap<String, bool>,
    /// Whether the others are no members any more.
    others_gone: bool,
}

impl Present {
    pub(super) fn of(edits: &[MemberEdit]) -> Self {
        let asked = edits.iter().any(|edit| matches!(edit, MemberEdit::Expect(_)));
        Self { asked, told: HashMap::new(), others_gone: false }
    }

    pub(super) fn note(&mut self, change: &MemberChange) {
        if !self.asked {
            return;
        }
        let come = |members: &[NewMember]| {
            members.iter().map(|member| (member.value.clone(), true)).collect::<Vec<_>>()
        };
        match change {
            MemberChange::Add(members) => self.told.extend(come(members)),
            MemberChange::Remove(ids) => {
                self.told.extend(ids.iter().map(|id| (id.clone(), false)));
            }
            MemberChange::Exactly(members) => {
                self.told = come(members).into_iter().collect();
                self.others_gone = true;
            }
        }
    }

    pub(super) fn has(&self, id: &str, in_the_group: impl FnOnce(&str) -> bool) -> bool {
        match self.told.get(id) {
            Some(is_member) => *is_member,
            None => !self.others_gone && in_the_group(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(changes: &[MemberChange]) -> Present {
        let mut present = Present::of(&[MemberEdit::Expect("ada".to_owned())]);
        for change in changes {
            present.note(change);
        }
        present
    }

    #[test]
    fn whoever_no_change_speaks_of_is_a_member_if_the_group_has_them() {
        let present = after(&[MemberChange::Add(vec!["bob".into()])]);
        assert!(present.has("bob", |_| false));
        assert!(present.has("ada", |_| true) && !present.has("ada", |_| false));
    }

    #[test]
    fn the_last_change_says_who_is_a_member() {
        let gone = MemberChange::Remove(vec!["ada".to_owned()]);
        assert!(!after(std::slice::from_ref(&gone)).has("ada", |_| true));
        let back = [gone.clone(), MemberChange::Add(vec!["ada".into()])];
        assert!(after(&back).has("ada", |_| false));
        let others = [back[1].clone(), MemberChange::Exactly(vec!["bob".into()])];
        assert!(!after(&others).has("ada", |_| true) && after(&others).has("bob", |_| false));
    }
}
