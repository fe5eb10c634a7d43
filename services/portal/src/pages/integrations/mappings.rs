//! The attribute mappings that each product wants of Entra, as the guide's tables show them.

use events::IntegrationProfile;

/// One mapping: what Entra sends, of what it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mapping {
    /// The attribute of SCIM, as Entra names it.
    pub(super) target: &'static str,
    /// The attribute or the expression of Entra.
    pub(super) source: &'static str,
    /// What it is for, or what to mind.
    pub(super) note: &'static str,
}

const fn mapping(target: &'static str, source: &'static str, note: &'static str) -> Mapping {
    Mapping { target, source, note }
}

/// The mappings of users. All others are deleted.
pub(super) fn users(profile: IntegrationProfile) -> &'static [Mapping] {
    const WORKPLACE: [Mapping; 4] = [
        mapping(
            "userName",
            "userPrincipalName",
            "The e-mail address, by which people sign in. Matching precedence 1.",
        ),
        mapping(
            "active",
            "Not([IsSoftDeleted])",
            "Mapping type Expression. Whoever is not active any more becomes Former.",
        ),
        mapping("displayName", "displayName", "The name that colleagues see."),
        mapping(
            "externalId",
            "objectId",
            "Links a person who comes back, so that no duplicate arises. Entra suggests mailNickname: change it.",
        ),
    ];
    const BENEFITS: [Mapping; 6] = [
        mapping("userName", "userPrincipalName", "By which people sign in. Matching precedence 1."),
        mapping(
            "active",
            "Not([IsSoftDeleted])",
            "Mapping type Expression. Whoever is not active any more becomes Former.",
        ),
        mapping("name.givenName", "givenName", "The first name."),
        mapping("name.familyName", "surname", "The last name."),
        mapping(
            "phoneNumbers[type eq \"mobile\"].value",
            "mobile",
            "The mobile number, for a second factor and for messages.",
        ),
        mapping(
            "externalId",
            "employeeId",
            "Free text: the payroll key, which reports carry. It identifies nobody to us, and may be empty.",
        ),
    ];
    match profile {
        IntegrationProfile::Workplace => &WORKPLACE,
        IntegrationProfile::Benefits => &BENEFITS,
    }
}

/// The mappings of groups.
pub(super) const GROUPS: [Mapping; 4] = [
    mapping("displayName", "displayName", "The name of the team. Matching precedence 1."),
    mapping("externalId", "objectId", "Which group it is, for whoever looks it up in Entra."),
    mapping(
        "members",
        "members",
        "Users only: edit the attribute and untick Group under Referenced object attribute.",
    ),
    mapping(
        "description",
        "description",
        "A custom attribute of type String, which is added first: see below.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_has_a_mapping_for_each_attribute_that_the_product_uses_and_for_no_other() {
        for profile in [IntegrationProfile::Workplace, IntegrationProfile::Benefits] {
            let targets: Vec<&str> = users(profile).iter().map(|mapping| mapping.target).collect();
            assert_eq!(targets, requests::used_by(profile));
        }
    }
}
