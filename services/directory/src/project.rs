//! What each event changes in the directory: pure.

use events::{
    AlertId, DecidedAlert, DepartedUser, EmployeeId, Event, IssuedCredential, Purpose, RaisedAlert,
    Recorded, Scopes, Standing, UserState,
};

use crate::change::{AlertRow, Change, CredentialRow, DecisionRow, EmployeeRow, Moment};
use projector::sql::storable;

/// What `event` changes in the directory.
pub(crate) fn project(event: &Recorded) -> Vec<Change> {
    let tenant = || event.tenant().clone();
    let at = event.envelope.time;
    match &event.event {
        Event::UserCreated(state)
        | Event::UserChanged(state)
        | Event::UserReactivated(state)
        | Event::UserReturned(state) => vec![Change::Employee(employee(event, state, false))],
        Event::UserDeactivated(body) => departed(event, body, false),
        Event::UserDeleted(body) => departed(event, body, true),
        Event::UserErased(body) => {
            vec![Change::Erased { tenant: tenant(), employee: body.employee_id }]
        }
        Event::TenantCreated(created) => {
            vec![Change::Tenant { tenant: tenant(), id: created.tenant_id, created_at: at }]
        }
        Event::IntegrationActivated(body) => vec![Change::Activated {
            tenant: tenant(),
            integration: body.integration_id,
            profile: body.profile,
        }],
        Event::IntegrationDeactivated(body) => {
            vec![Change::Deactivated { tenant: tenant(), integration: body.integration_id }]
        }
        Event::CredentialIssued(body) => vec![Change::Issued(credential(event, body))],
        Event::CredentialRevoked(body) => {
            vec![Change::Revoked { tenant: tenant(), credential: body.credential_id, at }]
        }
        Event::AlertRaised(body) => vec![Change::Alert(alert(event, body))],
        Event::GroupDeleted(body) => {
            body.raised().iter().map(|raised| Change::Alert(alert(event, raised))).collect()
        }
        Event::AlertPeopleAdded(body) => alert_people(event, body.alert_id, &body.people).collect(),
        Event::AlertReleased(body) => vec![decided(event, body, "released")],
        Event::AlertReversed(body) => vec![decided(event, body, "reversed")],
        // The person is as before; what comes of it for them is an event of its own.
        Event::UserResourceChanged(_)
        | Event::UserResourceDeleted(_)
        | Event::UserTeamAssigned(_)
        | Event::UserTeamUnassigned(_)
        | Event::UserPrimaryChosen(_)
        | Event::UserTeamsReset(_)
        | Event::UserReceiptClosed(_)
        | Event::GroupCreated(_)
        | Event::GroupChanged(_)
        | Event::GroupMembersAdded(_)
        | Event::GroupMembersRemoved(_)
        | Event::GroupMembersReplaced(_)
        | Event::GroupMemberResourcesChanged(_)
        | Event::TeamCreated(_)
        | Event::TeamRenamed(_)
        | Event::TeamDeleted(_)
        | Event::BookingRecorded(_)
        | Event::BookingChanged(_)
        | Event::BookingCancelled(_)
        | Event::BookingClosed(_)
        | Event::BookingCancellationPlanned(_)
        | Event::BookingCancellationWithdrawn(_)
        | Event::BookingKept(_)
        | Event::BookingHandedOver(_)
        | Event::BookingReopened(_)
        | Event::TenantLeaverPolicySet(_)
        | Event::TenantGuardSet(_)
        | Event::TenantExtensionDeclared(_)
        | Event::TenantExtensionRemoved(_)
        | Event::AdministratorInvited(_)
        | Event::AdministratorLinkIssued(_)
        | Event::AdministratorSignedIn(_)
        | Event::AdministratorRolesChanged(_)
        | Event::AdministratorRemoved(_)
        | Event::SubscriberAdded(_)
        | Event::SubscriberChanged(_)
        | Event::SubscriberRemoved(_)
        | Event::SubscriberSecretIssued(_)
        | Event::SubscriberSecretWithdrawn(_)
        | Event::SubscriberDisabled(_)
        | Event::SubscriberPaused(_)
        | Event::SubscriberResumed(_)
        | Event::SubscriberReset(_)
        | Event::SubscriberTested(_)
        | Event::SubscriberReplayStarted(_)
        | Event::SubscriberReplayEnded(_)
        | Event::SubscriberEnabled(_)
        | Event::Unknown { .. } => vec![],
    }
}

fn employee(event: &Recorded, state: &UserState, resource_gone: bool) -> Box<EmployeeRow> {
    let profile = &state.profile;
    let at = event.envelope.time;
    Box::new(EmployeeRow {
        tenant: event.tenant().clone(),
        employee: state.employee_id,
        resource: state.resource_id,
        resource_gone,
        user_name: storable(profile.user_name.as_str()),
        address_given: profile.user_name.is_address(),
        external_id: profile.external_id.as_ref().map(|id| storable(id.as_str())),
        display_name: storable(&profile.shown_name()),
        standing: state.standing,
        profile: serde_json::to_string(profile).expect("profiles have string keys only"),
        joined_at: at,
        left: match state.standing {
            Standing::Active => None,
            Standing::Former => Some(moment(event)),
        },
        gone: resource_gone.then(|| moment(event)),
        changed_at: at,
        seq: event.seq.0.cast_signed(),
    })
}

fn moment(event: &Recorded) -> Moment {
    Moment { at: event.envelope.time, seq: event.seq.0.cast_signed() }
}

fn alert(event: &Recorded, raised: &RaisedAlert) -> AlertRow {
    AlertRow {
        tenant: event.tenant().clone(),
        alert: raised.alert_id,
        raised: serde_json::to_string(raised).expect("alerts have string keys only"),
        held: raised.held,
        raised_at: moment(event),
        decision: None,
    }
}

fn departed(event: &Recorded, departed: &DepartedUser, resource_gone: bool) -> Vec<Change> {
    let state = &departed.state;
    let mut changes = vec![Change::Employee(employee(event, state, resource_gone))];
    if let Some(alert) = departed.alert {
        changes.extend(alert_people(event, alert.alert_id, &[state.employee_id]));
    }
    changes
}

fn alert_people(
    event: &Recorded,
    alert: AlertId,
    people: &[EmployeeId],
) -> impl Iterator<Item = Change> {
    people.iter().map(move |employee| Change::AlertPerson {
        tenant: event.tenant().clone(),
        alert,
        employee: *employee,
        added: moment(event),
    })
}

fn decided(event: &Recorded, body: &DecidedAlert, decision: &'static str) -> Change {
    Change::Decided {
        tenant: event.tenant().clone(),
        alert: body.alert_id,
        decision: DecisionRow {
            decision,
            at: moment(event),
            by: event.envelope.actor.to_string(),
            reason: body.reason.as_deref().map(storable),
        },
    }
}

fn credential(event: &Recorded, issued: &IssuedCredential) -> CredentialRow {
    let (purpose, scopes, source) = match &issued.purpose {
        Purpose::SecretToken => ("secret-token", Scopes::new(), None),
        Purpose::OauthClient => ("oauth-client", Scopes::new(), None),
        Purpose::ApiToken { scopes, source } => (API_TOKEN, scopes.clone(), source.clone()),
    };
    CredentialRow {
        tenant: event.tenant().clone(),
        credential: issued.credential_id,
        purpose,
        scopes,
        source,
        secret_digest: issued.secret_digest,
        label: issued.label.as_deref().map(storable),
        issued_at: event.envelope.time,
        revoked_at: None,
    }
}

const API_TOKEN: &str = "api-token";
