//! What each event changes: event in, changes out.

use directory::{Change, CredentialRow, Directory, EmployeeRow, Moment};
use events::{
    ActivatedIntegration, ChangedResource, CreatedTenant, DeactivatedIntegration, DeletedResource,
    Digest, Event, IntegrationId, IntegrationProfile, Profile, Purpose, ResourceId,
    RevokedCredential, Scope, Scopes, Standing, TenantId,
};
use projector::Projection;
use serde_json::json;
use uuid::Uuid;

use crate::given::{ADA, KEY, ada, api_token, issued, profile, state};
use kit::projection::{acme, at, log};

fn changes(event: Event) -> Vec<Change> {
    Directory::project(&log([event])[0])
}

fn row(event: Event) -> EmployeeRow {
    match changes(event).pop() {
        Some(Change::Employee(row)) => *row,
        other => panic!("no employee, but {other:?}"),
    }
}

#[test]
fn a_person_is_a_row_as_the_event_tells_them() {
    let expected = EmployeeRow {
        tenant: acme(),
        employee: ADA,
        resource: ResourceId(ADA.0),
        resource_gone: false,
        user_name: "ada@acme.example".to_owned(),
        address_given: true,
        external_id: Some("a-1".to_owned()),
        display_name: "Ada Lovelace".to_owned(),
        standing: Standing::Active,
        profile:
            r#"{"userName":"ada@acme.example","externalId":"a-1","displayName":"Ada Lovelace"}"#
                .to_owned(),
        joined_at: at(1),
        left: None,
        gone: None,
        changed_at: at(1),
        seq: 1,
    };
    for event in [Event::UserCreated, Event::UserChanged, Event::UserReactivated] {
        assert_eq!(row(event(ada(Standing::Active))), expected);
    }
    let moment = Moment { at: at(1), seq: 1 };
    let former = EmployeeRow { standing: Standing::Former, left: Some(moment), ..expected };
    assert_eq!(row(Event::UserDeactivated(ada(Standing::Former).into())), former);
    let gone = EmployeeRow { resource_gone: true, gone: Some(moment), ..former };
    assert_eq!(row(Event::UserDeleted(ada(Standing::Former).into())), gone);
}

#[test]
fn what_becomes_of_one_of_several_resources_changes_nothing_about_the_person() {
    let state = ada(Standing::Former);
    let (employee_id, resource_id) = (state.employee_id, state.resource_id);
    let (profile, changed) = (state.profile, state.changed);
    let body = ChangedResource { employee_id, resource_id, active: false, profile, changed };
    assert_eq!(changes(Event::UserResourceChanged(body)), []);
    let body = DeletedResource { employee_id, resource_id };
    assert_eq!(changes(Event::UserResourceDeleted(body)), []);
}

#[test]
fn the_name_to_show_is_never_blank() {
    let shown = |attributes| {
        let profile: Profile = profile("ada", None, attributes);
        row(Event::UserCreated(state(ADA, Standing::Active, profile))).display_name
    };
    let name = json!({ "givenName": "Ada", "familyName": "Lovelace" });
    assert_eq!(shown(json!({ "displayName": "Countess", "name": name })), "Countess");
    assert_eq!(shown(json!({ "displayName": " ", "name": name })), "Ada Lovelace");
    assert_eq!(shown(json!({ "name": { "familyName": "Lovelace" } })), "Lovelace");
    assert_eq!(shown(json!({ "name": { "givenName": "" } })), "ada");
    assert_eq!(shown(json!({ "displayName": 7, "name": [] })), "ada");
}

#[test]
fn text_that_postgres_cannot_hold_becomes_a_sign_for_it() {
    let profile = profile("a\0da", Some("\0"), json!({ "displayName": "A\0da" }));
    let row = row(Event::UserCreated(state(ADA, Standing::Active, profile)));
    assert_eq!(row.user_name, "a\u{FFFD}da");
    assert_eq!(row.external_id.as_deref(), Some("\u{FFFD}"));
    assert_eq!(row.display_name, "A\u{FFFD}da");
    assert!(row.profile.contains(r"A\u0000da"), "the profile stays as it was sent");
}

#[test]
fn access_is_kept_as_it_is_given_and_taken() {
    let id = TenantId(Uuid::from_u128(1));
    let created = Event::TenantCreated(CreatedTenant { tenant_id: id, slug: acme() });
    assert_eq!(changes(created), [Change::Tenant { tenant: acme(), id, created_at: at(1) }]);

    let integration = IntegrationId(Uuid::from_u128(2));
    let profile = IntegrationProfile::Benefits;
    let body = ActivatedIntegration { integration_id: integration, profile };
    assert_eq!(
        changes(Event::IntegrationActivated(body)),
        [Change::Activated { tenant: acme(), integration, profile }]
    );
    let body = DeactivatedIntegration { integration_id: integration };
    assert_eq!(
        changes(Event::IntegrationDeactivated(body)),
        [Change::Deactivated { tenant: acme(), integration }]
    );

    let row = |purpose, scopes, source: Option<&str>| CredentialRow {
        tenant: acme(),
        credential: KEY,
        purpose,
        scopes,
        source: source.map(|name| name.parse().unwrap()),
        secret_digest: Digest::of(b"secret"),
        label: None,
        issued_at: at(1),
        revoked_at: None,
    };
    let scopes = Scopes::from([Scope::BookingsWrite, Scope::TeamsRead]);
    assert_eq!(
        changes(api_token("secret")),
        [Change::Issued(row("api-token", scopes, Some("desks")))]
    );
    let client = issued(Purpose::OauthClient, "secret");
    assert_eq!(changes(client), [Change::Issued(row("oauth-client", Scopes::new(), None))]);
    let revoked = Event::CredentialRevoked(RevokedCredential { credential_id: KEY });
    assert_eq!(changes(revoked), [Change::Revoked { tenant: acme(), credential: KEY, at: at(1) }]);
}

#[test]
fn an_event_of_a_later_release_changes_nothing() {
    assert_eq!(changes(Event::Unknown { name: "user.promoted".to_owned() }), []);
}
