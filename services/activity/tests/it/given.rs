//! What the log says.

use events::{Actor, CreatedTenant, CredentialId, Event, OwnTeam, Recorded, TeamId, TenantId};
use kit::projection::{acme, recorded};
use uuid::Uuid;

pub(crate) const ENTRA: CredentialId = CredentialId(Uuid::from_u128(0xe));
pub(crate) const BOOKINGS: CredentialId = CredentialId(Uuid::from_u128(0xb));

pub(crate) fn team_created() -> Event {
    Event::TeamCreated(OwnTeam { team_id: TeamId(Uuid::from_u128(1)), name: "Core".to_owned() })
}

pub(crate) fn tenant_created() -> Event {
    let tenant_id = TenantId(Uuid::from_u128(1));
    Event::TenantCreated(CreatedTenant { tenant_id, slug: acme() })
}

/// An event that a credential caused by a request.
pub(crate) fn by(
    credential: CredentialId,
    request: Option<&str>,
    seq: u64,
    event: Event,
) -> Recorded {
    let mut recorded = recorded(&acme(), seq, event);
    recorded.envelope.actor = Actor::credential(credential);
    recorded.envelope.request = request.map(str::to_owned);
    recorded
}
