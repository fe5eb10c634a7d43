//! Extensions of the schema: declared, changed, removed.

use events::{EventKind, Extended, Extension, ExtensionAttribute, ExtensionKind};

use super::given;
use crate::{BadExtension, Intent, Refusal};

const URN: &str = "urn:example:badges:2.0:User";

fn badges(names: &[&str]) -> Extension {
    let attribute = |name: &&str| ExtensionAttribute {
        name: (*name).to_owned(),
        kind: ExtensionKind::String,
        case_exact: false,
        description: String::new(),
    };
    Extension {
        urn: URN.to_owned(),
        resource_type: Extended::User,
        name: "Badges".to_owned(),
        description: String::new(),
        attributes: names.iter().map(attribute).collect(),
    }
}

fn declare(extension: Extension) -> Intent {
    Intent::DeclareExtension { extension }
}

fn remove(urn: &str) -> Intent {
    Intent::RemoveExtension { urn: urn.to_owned() }
}

#[test]
fn an_extension_is_declared_once_and_again_only_when_it_changes() {
    given([])
        .when(&declare(badges(&["number"])))
        .then([EventKind::TenantExtensionDeclared])
        .after
        .when(&declare(badges(&["number"])))
        .then_nothing()
        .after
        .when(&declare(badges(&["number", "colour"])))
        .then([EventKind::TenantExtensionDeclared])
        .so(|tenant| {
            let declared: Vec<_> = tenant.extensions().collect();
            assert_eq!(declared, [&badges(&["number", "colour"])]);
        });
}

#[test]
fn an_extension_is_found_and_removed_by_its_urn_in_any_letter_case() {
    given([declare(badges(&["number"]))])
        .when(&remove(&URN.to_uppercase()))
        .then([EventKind::TenantExtensionRemoved])
        .so(|tenant| assert_eq!(tenant.extensions().count(), 0))
        .when(&remove(URN))
        .refused(&Refusal::NoSuchExtension(URN.to_owned()));
}

#[test]
fn what_cannot_be_an_extension_is_refused_by_name() {
    let called = |urn: &str| Extension { urn: urn.to_owned(), ..badges(&["number"]) };
    for urn in [
        "",
        "badges",
        "urn:x",
        "urn::x",
        "urn:example:a b",
        "urn:example:[x]",
        "urn:x:y:z",
        "urn:example:badges:2:User",
    ] {
        let bad = BadExtension::Urn(urn.to_owned()).into();
        given([]).when(&declare(called(urn))).refused(&bad);
    }
    for urn in [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "URN:IETF:params:scim:schemas:core:2.0:Group",
        "urn:ietf:params:scim:schemas:extension:Enterprise:2.0:User",
        "urn:ietf:params:scim:api:messages:2.0:User",
    ] {
        let bad = BadExtension::Standard(urn.to_owned()).into();
        given([]).when(&declare(called(urn))).refused(&bad);
    }

    for name in ["", "1st", "a.b", "a b"] {
        let bad = BadExtension::Name(name.to_owned()).into();
        given([]).when(&declare(badges(&[name]))).refused(&bad);
    }
    let bad = BadExtension::Twice("Number".to_owned()).into();
    given([]).when(&declare(badges(&["number", "Number"]))).refused(&bad);
    let bad = BadExtension::Attributes { count: 0, max: 100 }.into();
    given([]).when(&declare(badges(&[]))).refused(&bad);
}

#[test]
fn the_urn_that_microsoft_has_tenants_use_can_be_declared() {
    for urn in [
        "urn:ietf:params:scim:schemas:extension:acme:2.0:User",
        "urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprises:2.0:Group",
    ] {
        let extension = Extension { urn: urn.to_owned(), ..badges(&["number"]) };
        given([])
            .when(&declare(extension.clone()))
            .then([EventKind::TenantExtensionDeclared])
            .so(|tenant| assert_eq!(tenant.extension(urn), Some(&extension)));
    }
}

#[test]
fn a_tenant_declares_so_many_extensions_and_no_more() {
    let numbered = |number: usize| {
        let urn = format!("urn:example:badges{number}:2.0:User");
        declare(Extension { urn, ..badges(&["number"]) })
    };
    given((0..100).map(numbered))
        .when(&numbered(100))
        .refused(&Refusal::TooManyExtensions { max: 100 });
}
