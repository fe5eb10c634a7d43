//! What has to be done before somebody can be erased who is Active.

use events::Tenant;
use roster::StandingOverride;

/// The step that makes somebody Former, by why they are Active and whether their resource is `gone`.
pub(super) fn first_step(
    tenant: &Tenant,
    by_guard: Option<StandingOverride>,
    gone: bool,
) -> String {
    match by_guard {
        None => "deactivate them in the directory first".to_owned(),
        Some(StandingOverride::Held(alert)) => format!(
            "decide first: the mass-change guard holds them, and the directory says that they left; if they \
             did, `rollcall alerts release {alert} --tenant {tenant}`"
        ),
        // Said again, "inactive" is nothing new.
        Some(StandingOverride::Reversed) if !gone => "let the directory delete them first: it has \
             deactivated them, and somebody reversed the alert about that"
            .to_owned(),
        Some(StandingOverride::Reversed) => format!(
            "let the directory create them again with the userName and externalId that they had, and delete \
             them again: it has deleted them, and somebody reversed the alert about that. Where it does \
             not, POST to /scim/v2/{tenant}/Users and DELETE by hand do the same"
        ),
    }
}

#[cfg(test)]
mod tests {
    use events::AlertId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn who_is_active_by_the_guard_alone_is_not_asked_to_be_deactivated_again() {
        let tenant = "acme".parse().expect("a tenant");
        let alert = AlertId(Uuid::from_u128(7));
        let step = |by_guard, gone| first_step(&tenant, by_guard, gone);
        assert_eq!(step(None, false), "deactivate them in the directory first");
        let held = step(Some(StandingOverride::Held(alert)), true);
        assert!(held.contains(&format!("alerts release {alert} --tenant acme")), "{held}");
        let present = step(Some(StandingOverride::Reversed), false);
        assert!(present.contains("let the directory delete them"), "{present}");
        let gone = step(Some(StandingOverride::Reversed), true);
        assert!(gone.contains("create them again") && gone.contains("/scim/v2/acme/"), "{gone}");
    }
}
