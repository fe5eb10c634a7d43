//! Who may ask.

use directory::Directory;
use directory::queries::{ApiToken, Integration, TenantEntry, api_token as find, tenants};
use events::{
    ActivatedIntegration, CreatedTenant, DeactivatedIntegration, Digest, Event, IntegrationId,
    IntegrationProfile, Purpose, RevokedCredential, Scope, TenantId,
};
use uuid::Uuid;

use crate::given::{KEY, api_token, issued};
use kit::projection::{World, acme, at, build, log};

fn opened(events: impl IntoIterator<Item = Event>, secret: &str) -> Option<ApiToken> {
    let log = log(events);
    let digest = Digest::of(secret.as_bytes());
    World::new().run(async |client| {
        let mut found = vec![];
        for at_once in [1, 10] {
            build::<Directory>(client, "directory", &log, at_once).await;
            found.push(find(client, &digest).await.unwrap());
        }
        assert_eq!(found[0], found[1]);
        found.remove(0)
    })
}

#[test]
fn an_api_token_opens_its_tenant_with_its_scopes_for_its_source() {
    let expected = ApiToken {
        credential: KEY,
        tenant: acme(),
        scopes: [Scope::BookingsWrite, Scope::TeamsRead].into(),
        source: Some("desks".parse().unwrap()),
    };
    assert_eq!(opened([api_token("secret")], "secret"), Some(expected));
}

#[test]
fn a_wrong_revoked_or_other_secret_opens_nothing() {
    assert_eq!(opened([api_token("secret")], "Secret"), None);
    let revoked = Event::CredentialRevoked(RevokedCredential { credential_id: KEY });
    assert_eq!(opened([api_token("secret"), revoked], "secret"), None);
    for other in [Purpose::SecretToken, Purpose::OauthClient] {
        assert_eq!(opened([issued(other, "secret")], "secret"), None);
    }
}

#[test]
fn tenants_are_listed_with_their_integration() {
    let integration_id = IntegrationId(Uuid::from_u128(2));
    let profile = IntegrationProfile::Benefits;
    let id = TenantId(Uuid::from_u128(1));
    let created = Event::TenantCreated(CreatedTenant { tenant_id: id, slug: acme() });
    let activated = Event::IntegrationActivated(ActivatedIntegration { integration_id, profile });
    let stopped = Event::IntegrationDeactivated(DeactivatedIntegration { integration_id });
    let entry = |integration| TenantEntry { tenant: acme(), id, created_at: at(1), integration };
    let told = [created, activated.clone(), stopped, activated];
    let on = |active| Some(Integration { profile, active });
    World::new().run(async |client| {
        for (events, integration) in [(1, None), (2, on(true)), (3, on(false)), (4, on(true))] {
            for at_once in [1, 4] {
                let log = log(told[..events].iter().cloned());
                build::<Directory>(client, "directory", &log, at_once).await;
                let found = tenants(client).await.unwrap();
                assert_eq!(found, [entry(integration)], "{events} events, {at_once} at once");
            }
        }
    });
}
