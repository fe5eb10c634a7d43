//! Who did something by the operators' API, in words.

use acts::By;
use maud::{Markup, html};
use roster::TenantRoster;

use crate::parts::actor;

/// Administrators by name, and whoever else as the journal calls them.
pub(super) fn acted_by(roster: Option<&TenantRoster>, by: &str) -> Markup {
    match By::try_from(by.to_owned()) {
        Ok(By::Administrator(_, id)) => actor::by(roster, &format!("portal:{id}")),
        Ok(By::Root) => html! { "whoever runs Rollcall" },
        Ok(By::Operator(name)) => html! { "the operator " (name) },
        Ok(By::Program) => html! { "Rollcall itself" },
        Err(_) => html! { (by) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_acted_is_told_as_people_call_them() {
        let id = "01890000-0000-7000-8000-000000000001";
        let administrator = acted_by(None, &format!("administrator:acme:{id}")).into_string();
        assert!(administrator.contains("an administrator who was removed"), "{administrator}");
        for (told, shown) in [
            ("root", "whoever runs Rollcall"),
            ("operator:ann", "the operator ann"),
            ("program", "Rollcall itself"),
            ("<b>", "&lt;b&gt;"),
        ] {
            assert_eq!(acted_by(None, told).into_string(), shown);
        }
    }
}
