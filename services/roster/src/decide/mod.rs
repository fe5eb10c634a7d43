//! The decision.

mod access;
mod administrators;
mod alerts;
mod bookings;
mod courses;
mod erasure;
mod extensions;
mod groups;
mod guard;
mod leavers;
mod member_targets;
mod members;
mod multiple_resources;
mod receipts;
mod subscribers;
mod teams;
mod text;
mod users;

use events::{AlertId, CreatedTenant, Event, Tenant};
use jiff::Timestamp;

pub use self::bookings::fit_for_cancelling;
use crate::{AlertOutcome, Intent, Refusal, Roster};

/// When a decision is taken, and the id of the alert that it may raise.
#[derive(Clone, Copy, Debug)]
pub struct Occasion {
    /// The time of the decision.
    pub now: Timestamp,
    /// The id of the alert that it may raise.
    pub alert: AlertId,
}

/// The events that make `intent` true for a tenant, given the roster as it stands; none if it is
/// true already. What the mass-change guard says about them is part of them, so that nobody sees the
/// one without the other.
pub fn decide(
    roster: &Roster,
    tenant: &Tenant,
    intent: &Intent,
    occasion: Occasion,
) -> Result<Vec<Event>, Refusal> {
    let events = unguarded(roster, tenant, intent, occasion.now)?;
    Ok(match roster.tenant(tenant) {
        Some(tenant) => guard::judge(tenant, events, occasion),
        None => events,
    })
}

fn unguarded(
    roster: &Roster,
    tenant: &Tenant,
    intent: &Intent,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let known = || roster.tenant(tenant).ok_or_else(|| Refusal::NoSuchTenant(tenant.clone()));
    match intent {
        Intent::NewTenant { tenant: id } => match roster.tenant(tenant) {
            None => Ok(vec![Event::TenantCreated(CreatedTenant {
                tenant_id: *id,
                slug: tenant.clone(),
            })]),
            Some(same) if same.id() == Some(*id) => Ok(vec![]),
            Some(_) => Err(Refusal::TenantTaken(tenant.clone())),
        },
        Intent::ActivateIntegration { integration, profile } => {
            Ok(access::activate(known()?, *integration, *profile))
        }
        Intent::DeactivateIntegration => Ok(access::deactivate(known()?)),
        Intent::DeclareExtension { extension } => extensions::declare(tenant, known()?, extension),
        Intent::RemoveExtension { urn } => extensions::remove(tenant, known()?, urn),
        Intent::IssueCredential(new) => {
            known()?;
            access::issue(roster, tenant, new.clone(), now)
        }
        Intent::RotateSecret { credential, secret_digest, expires_at } => {
            known()?;
            access::rotate(roster, tenant, (*credential, *secret_digest, *expires_at), now)
        }
        Intent::RevokeCredential { credential } => access::revoke(known()?, *credential),
        Intent::Administrator(intent) => administrators::decide(roster, tenant, known()?, intent),
        Intent::NewUser { resource, profile, active } => {
            users::arrive(known()?, *resource, profile, *active)
        }
        Intent::User { resource, profile, active } => {
            users::change(known()?, *resource, profile, *active)
        }
        Intent::NoUser { resource } => users::delete(known()?, *resource),
        Intent::EraseUser { employee, bookings, events, even_if_held } => {
            let tenant = known()?;
            erasure::may_erase(tenant, *employee, *even_if_held)?;
            erasure::erase(tenant, *employee, bookings, events)
        }
        Intent::NewGroup { team, profile, members } => {
            groups::create(known()?, *team, profile, members)
        }
        Intent::Group { team, profile, members } => {
            groups::change(known()?, *team, profile, members)
        }
        Intent::NoGroup { team } => groups::delete(known()?, *team),
        Intent::AssignTeam { employee, team } => teams::assign(known()?, *employee, *team),
        Intent::UnassignTeam { employee, team } => teams::unassign(known()?, *employee, *team),
        Intent::ChoosePrimary { employee, team } => {
            teams::choose_primary(known()?, *employee, *team)
        }
        Intent::ResetTeams { employee } => teams::reset(known()?, *employee),
        Intent::NewTeam { team, name } => teams::create(known()?, *team, name),
        Intent::RenameTeam { team, name } => teams::rename(known()?, *team, name),
        Intent::RemoveTeam { team } => teams::remove(known()?, *team),
        Intent::Booking { booking, source, reference, person, place } => {
            bookings::record(known()?, *booking, source, reference, person, place)
        }
        Intent::NoBooking { source, reference } => bookings::withdraw(known()?, source, reference),
        Intent::Leavers(intent) => leavers::decide(tenant, known()?, intent),
        Intent::SetGuard { guard } => alerts::set_guard(tenant, known()?, *guard),
        Intent::ReleaseAlert { alert, people, reason } => {
            alerts::decide(known()?, *alert, AlertOutcome::Released, *people, reason.as_deref())
        }
        Intent::ReverseAlert { alert, people, reason } => {
            alerts::decide(known()?, *alert, AlertOutcome::Reversed, *people, reason.as_deref())
        }
        Intent::CloseReceipt { receipt } => receipts::close(known()?, receipt),
        Intent::AddSubscriber { state, after, secret } => {
            subscribers::add(known()?, state, *after, secret.as_ref())
        }
        Intent::ChangeSubscriber { subscriber, url, facts } => {
            subscribers::change(known()?, *subscriber, url.as_ref(), facts.as_ref())
        }
        Intent::RemoveSubscriber { subscriber } => subscribers::remove(known()?, *subscriber),
        Intent::IssueSubscriberSecret { subscriber, secret_id, secret } => {
            subscribers::issue_secret(known()?, *subscriber, *secret_id, secret)
        }
        Intent::WithdrawSubscriberSecret { subscriber, secret_id } => {
            subscribers::withdraw_secret(known()?, *subscriber, *secret_id)
        }
        Intent::DisableSubscriber { subscriber, reason, by_itself } => {
            subscribers::disable(known()?, *subscriber, reason, *by_itself)
        }
        Intent::EnableSubscriber { subscriber } => subscribers::enable(known()?, *subscriber),
        Intent::PauseSubscriber(pause) => courses::pause(known()?, pause),
        Intent::ResumeSubscriber(resume) => courses::resume(known()?, resume),
        Intent::ResetSubscriber(reset) => courses::reset(known()?, reset),
        Intent::TestSubscriber(test) => courses::test(known()?, test),
        Intent::StartReplay(replay) => courses::start_replay(known()?, replay),
        Intent::EndReplay(ended) => courses::end_replay(known()?, ended),
    }
}
