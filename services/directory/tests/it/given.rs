//! What the log says.

use events::{
    CredentialId, Digest, EmployeeId, Event, ExternalId, IssuedCredential, Profile, Purpose,
    ResourceId, Scope, Standing, UserState,
};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const ADA: EmployeeId = EmployeeId(Uuid::from_u128(0xada));
pub(crate) const KEY: CredentialId = CredentialId(Uuid::from_u128(0xce));

pub(crate) fn profile(user_name: &str, external_id: Option<&str>, attributes: Value) -> Profile {
    let Value::Object(attributes) = attributes else { panic!("attributes are an object") };
    Profile {
        user_name: user_name.parse().unwrap(),
        external_id: external_id.map(|id| ExternalId(id.to_owned())),
        attributes,
    }
}

pub(crate) fn state(employee: EmployeeId, standing: Standing, profile: Profile) -> UserState {
    let resource_id = ResourceId(employee.0);
    UserState { employee_id: employee, resource_id, standing, profile, changed: vec![] }
}

/// Ada, as the directory describes her from first to last.
pub(crate) fn ada(standing: Standing) -> UserState {
    let attributes = json!({ "displayName": "Ada Lovelace" });
    state(ADA, standing, profile("ada@acme.example", Some("a-1"), attributes))
}

/// Somebody Active with these names.
pub(crate) fn named(number: u128, user_name: &str, display_name: &str) -> Event {
    let profile = profile(user_name, None, json!({ "displayName": display_name }));
    let employee = EmployeeId(Uuid::from_u128(1000 + number));
    Event::UserCreated(state(employee, Standing::Active, profile))
}

pub(crate) fn api_token(secret: &str) -> Event {
    let scopes = [Scope::BookingsWrite, Scope::TeamsRead].into();
    issued(Purpose::ApiToken { scopes, source: Some("desks".parse().unwrap()) }, secret)
}

pub(crate) fn issued(purpose: Purpose, secret: &str) -> Event {
    Event::CredentialIssued(IssuedCredential {
        credential_id: KEY,
        purpose,
        secret_digest: Digest::of(secret.as_bytes()),
        label: None,
        expires_at: None,
    })
}
