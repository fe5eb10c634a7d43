//! Why a command was not carried out, as an API that speaks JSON tells it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use roster::Refusal;
use web::{Forbidden, Permission, Problem, Rejection, Unauthorized};
use writer::{Denied, Outage};

/// What a caller is told when a command was not carried out.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", .0.detail)]
pub struct CommandError(Problem);

impl From<Problem> for CommandError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Rejection> for CommandError {
    fn from(why: Rejection) -> Self {
        Self(why.into())
    }
}

impl From<Forbidden> for CommandError {
    fn from(why: Forbidden) -> Self {
        Self(why.into())
    }
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        Self(Problem::new(refusal_status(&refusal), refusal.to_string()))
    }
}

impl From<Outage> for CommandError {
    fn from(outage: Outage) -> Self {
        let status = outage_status(outage);
        let problem = Problem::new(status, outage.to_string());
        if retry_later(status) {
            Self(problem.with_header(header::RETRY_AFTER, HeaderValue::from_static("2")))
        } else {
            Self(problem)
        }
    }
}

/// Somebody who was let in, and whose access had ended by the time of the decision.
impl From<Denied> for CommandError {
    fn from(why: Denied) -> Self {
        Self(match why {
            Denied::Removed | Denied::NoRole(_) => {
                Problem::new(StatusCode::FORBIDDEN, why.to_string())
            }
            Denied::Revoked => Unauthorized::UnknownToken.into(),
            Denied::OutOfScope(scope) => Forbidden::OutOfScope(Permission::Api(scope)).into(),
            Denied::Inactive => Problem::new(
                StatusCode::FORBIDDEN,
                "the integration is not active; activate it first",
            ),
        })
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        error.0
    }
}

impl IntoResponse for CommandError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// The status of an outage, in SCIM and in JSON alike.
pub fn outage_status(outage: Outage) -> StatusCode {
    match outage {
        Outage::LogAway
        | Outage::LogBroken
        | Outage::LogLost
        | Outage::Outrun
        | Outage::Busy
        | Outage::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        Outage::TenantBusy => StatusCode::TOO_MANY_REQUESTS,
        Outage::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        Outage::LogFull => StatusCode::INSUFFICIENT_STORAGE,
        Outage::TooLarge | Outage::OverBudget { .. } => StatusCode::PAYLOAD_TOO_LARGE,
    }
}

/// Whether the same request may succeed a little later.
pub fn retry_later(status: StatusCode) -> bool {
    matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS)
}

/// A refusal's status, in SCIM and in JSON alike: what is not there is 404, what is taken or at odds
/// with how things stand is 409, what could never be right is 400.
pub fn refusal_status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NoSuchTenant(_)
        | Refusal::NoSuchCredential(_)
        | Refusal::NoSuchExtension(_)
        | Refusal::NoSuchUser(_)
        | Refusal::NoSuchGroup(_)
        | Refusal::NoSuchEmployee(_)
        | Refusal::NoSuchTeam(_)
        | Refusal::NoSuchPerson(_)
        | Refusal::NoSuchBooking(_)
        | Refusal::NoSuchAlert(_)
        | Refusal::NoSuchSubscriber(_)
        | Refusal::NoSuchReplay(_)
        | Refusal::NoSuchAdministrator(_)
        | Refusal::NoSuchLink
        | Refusal::NoSuchSubscriberSecret(_) => StatusCode::NOT_FOUND,
        Refusal::TenantTaken(_)
        | Refusal::IdReused(_)
        | Refusal::NoIntegration
        | Refusal::TooManySecrets
        | Refusal::TooManyExtensions { .. }
        | Refusal::UserNameTaken(_)
        | Refusal::GroupNameTaken(_)
        | Refusal::SyncedTeam(_)
        | Refusal::TeamNameTaken(_)
        | Refusal::NotInTeam(_)
        | Refusal::AmbiguousPerson(_)
        | Refusal::AmbiguousBooking(_)
        | Refusal::ReferenceIsAnId { .. }
        | Refusal::NotALeaver(_)
        | Refusal::NotFormer(_)
        | Refusal::BookingIsPast(_)
        | Refusal::AlertDecided(_)
        | Refusal::NothingHeld(_)
        | Refusal::OtherNumberHeld { .. }
        | Refusal::OtherPeopleHeld { .. }
        | Refusal::BookingIsCancelled
        | Refusal::BookingChanged { .. }
        | Refusal::PolicyCancels(_)
        | Refusal::DueTooLate { .. }
        | Refusal::ColleagueNotActive(_)
        | Refusal::TooManyPolicies { .. }
        | Refusal::SubscriberNameTaken(_)
        | Refusal::TooManySubscribers { .. }
        | Refusal::TooManySubscriberSecrets
        | Refusal::LastSecret
        | Refusal::NoWebhook(_)
        | Refusal::SubscriberDisabled(_)
        | Refusal::ReadsByItself(_)
        | Refusal::ReplayUnderWay(_)
        | Refusal::AdministratorKnown
        | Refusal::TooManyAdministrators { .. }
        | Refusal::LastOwner
        | Refusal::LinkSpent(_)
        | Refusal::LinkExpired(_)
        | Refusal::OtherIdentity
        | Refusal::SecretOfOtherDoor(_)
        | Refusal::SecretMissing(_)
        | Refusal::NoSecret(_) => StatusCode::CONFLICT,
        Refusal::BadText { .. }
        | Refusal::BadExtension(_)
        | Refusal::NoScopes
        | Refusal::NoRoles
        | Refusal::SourceWithoutBookings
        | Refusal::ExpiresBeforeNow
        | Refusal::ApiTokenExpires
        | Refusal::TooDeep { .. }
        | Refusal::DuplicateAttribute(_)
        | Refusal::EndsTooEarly { .. }
        | Refusal::OutOfTime(_)
        | Refusal::BadGuard { .. }
        | Refusal::TooManyDays { .. }
        | Refusal::TooManyFacts { .. }
        | Refusal::BadWebhookUrl => StatusCode::BAD_REQUEST,
    }
}
