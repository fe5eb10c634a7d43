//! The secrets of subscribers, of which two count at a time.

use access::CommandError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use cipher::{Context, SUBSCRIBER_SECRET, WebhookSecret};
use eventlog::{Placement, ids};
use events::{Door, SecretId, StoredSecret, SubscriberId, Tenant};
use roster::{Intent, Refusal, Roster};
use web::path_id;

use super::answers::{IssuedSecret, Shown, SubscriberSummary};
use super::find;
use crate::caller::{Operator, tenant};
use crate::operator_api::OperatorApi;

/// The password of a subscriber on NATS.
const PREFIX_NATS: &str = "rcn_";

/// A secret that was drawn just now.
pub(super) struct Drawn {
    id: SecretId,
    stored: StoredSecret,
    secret: String,
}

/// Draws a secret for a subscriber that is reached by this door, if that has any.
pub(super) fn draw(api: &OperatorApi, tenant: &Tenant, door: &Door) -> Option<Drawn> {
    let id = SecretId(ids::uuid_v7());
    match door {
        Door::Pull => None,
        Door::Nats => {
            let (secret, digest) = ids::secret(PREFIX_NATS);
            Some(Drawn { id, stored: StoredSecret::Digest(digest), secret })
        }
        Door::Webhook { .. } => {
            let secret = WebhookSecret::shared(ids::random());
            let context = Context { tenant: tenant.as_str(), purpose: SUBSCRIBER_SECRET };
            let encrypted = api.cipher.encrypt(context, secret.text().as_bytes());
            let secret = secret.for_receiver();
            Some(Drawn { id, stored: StoredSecret::Encrypted(encrypted), secret })
        }
    }
}

impl Drawn {
    pub(super) fn kept(&self) -> (SecretId, StoredSecret) {
        (self.id, self.stored.clone())
    }
}

/// What the operator is shown of a subscriber, this once with what was drawn.
pub(super) fn answer(
    drawn: Option<Drawn>,
    placement: &Placement,
    roster: &Roster,
    slug: &Tenant,
    subscriber: SubscriberId,
) -> Result<IssuedSecret, CommandError> {
    let subscriber = find(roster, slug, &subscriber.to_string())?;
    Ok(IssuedSecret {
        subscriber: SubscriberSummary::of(placement, slug, subscriber),
        issued: drawn.map(|Drawn { id, secret, .. }| Shown { secret_id: id, secret }),
    })
}

/// Issues another secret beside the one that there is.
pub(crate) async fn rotate(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, named)): Path<(String, String)>,
) -> Result<(StatusCode, Json<IssuedSecret>), CommandError> {
    let slug = tenant(&slug)?;
    let found = api.access.current_roster().await?;
    let found = find(&found, &slug, &named)?;
    let subscriber = found.id;
    let none = || Refusal::NoSecret(found.name.clone());
    let drawn = draw(&api, &slug, &found.door).ok_or_else(none)?;
    let (secret_id, secret) = drawn.kept();
    let intent = move |_: &_| {
        Ok(Intent::IssueSubscriberSecret { subscriber, secret_id, secret: secret.clone() })
    };
    let done = operator.execute(&api, &slug, intent).await?;
    Ok((
        StatusCode::CREATED,
        Json(answer(Some(drawn), &api.placement, &done.roster, &slug, subscriber)?),
    ))
}

pub(crate) async fn withdraw(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, named, secret)): Path<(String, String, String)>,
) -> Result<StatusCode, CommandError> {
    let slug = tenant(&slug)?;
    let secret_id: SecretId = path_id("secret", &secret)?;
    let whose = slug.clone();
    let intent = move |roster: &Roster| {
        let subscriber = find(roster, &whose, &named)?.id;
        Ok(Intent::WithdrawSubscriberSecret { subscriber, secret_id })
    };
    operator.execute(&api, &slug, intent).await?;
    Ok(StatusCode::NO_CONTENT)
}
