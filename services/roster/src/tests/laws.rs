//! What holds after any history.

use std::collections::BTreeSet;

use events::{
    AlertCause, AlertId, DepartedUser, EmployeeId, Event, IntegrationProfile, RaisedAlert,
    Recorded, ResourceId, SignInMethod, Standing, TeamId, header,
};
use proptest::prelude::*;
use uuid::Uuid;

use super::model::Model;
use super::words::{ADA_2, add, gone, id, members, new_group, new_user, profile, tenant};
use super::world::any_history;
use super::{History, given};
use crate::{AdministratorIntent, Intent, Person, Refusal, Roster, TenantRoster, decide, evolve};

mod guard;
mod settled;

/// The tenant after those intents that were not refused.
pub(super) fn after(intents: Vec<Intent>) -> History {
    let mut history = given([]);
    for intent in intents {
        let _refused_or_not = history.tell(&intent);
    }
    history
}

/// All that SCIM shows, without times and versions.
fn seen_by_scim(tenant: &TenantRoster) -> impl PartialEq + std::fmt::Debug + use<> {
    let people: Vec<_> = tenant
        .people()
        .skipping(0)
        .map(|person| {
            let groups: Vec<TeamId> = tenant.groups_of(person).map(|group| group.team).collect();
            (person.resource, person.employee, person.active(), person.profile(), groups)
        })
        .collect();
    let groups: Vec<_> = tenant
        .groups()
        .skipping(0)
        .map(|group| (group.team, group.profile().clone(), shown_members(tenant, group.team)))
        .collect();
    (people, groups)
}

fn shown_members(tenant: &TenantRoster, team: TeamId) -> Vec<String> {
    let group = tenant.groups().get(team).expect("a group");
    tenant.members(group).map(|member| member.value().into_owned()).collect()
}

fn all_employees() -> impl Iterator<Item = EmployeeId> {
    (1..=6).map(|n| EmployeeId(Uuid::from_u128(n)))
}

fn spends_a_link(intent: &Intent) -> bool {
    let Intent::Administrator(AdministratorIntent::SignIn { signed_in, .. }) = intent else {
        return false;
    };
    matches!(signed_in.by, SignInMethod::Link { .. })
}

proptest! {
    /// Entra repeats itself. Hearing a thing twice must change nothing.
    #[test]
    fn a_wish_come_true_asks_for_nothing_more(intents in any_history()) {
        let mut history = given([]);
        for intent in intents {
            if history.tell(&intent).is_err() {
                continue;
            }
            let again = decide(&history.roster, &tenant(), &intent, history.occasion());
            let gone_for_good = matches!(
                again,
                Err(Refusal::NoSuchUser(_)
                    | Refusal::NoSuchGroup(_)
                    | Refusal::NoSuchTeam(_)
                    | Refusal::NoSuchSubscriber(_)
                    | Refusal::NoSuchSubscriberSecret(_)
                    | Refusal::LinkSpent(_))
            );
            let a_removal = matches!(
                intent,
                Intent::NoUser { .. }
                    | Intent::NoGroup { .. }
                    | Intent::RemoveTeam { .. }
                    | Intent::RemoveSubscriber { .. }
                    | Intent::WithdrawSubscriberSecret { .. }
            ) || spends_a_link(&intent);
            prop_assert!(
                if a_removal { gone_for_good } else { again == Ok(vec![]) },
                "{intent:?} again: {again:?}"
            );
        }
    }

    /// Whoever reads the log from its beginning comes to the very same roster; and a picture that
    /// a reader holds does not change under their eyes.
    #[test]
    fn the_fold_of_the_log_is_the_live_state(intents in any_history(), at in 0..40_usize) {
        let mut history = given([]);
        let mut held = None;
        for (step, intent) in intents.into_iter().enumerate() {
            if step == at {
                held = Some((history.roster.clone(), history.log.len()));
            }
            let _refused_or_not = history.tell(&intent);
        }
        let fold = |log: &[Recorded]| {
            let mut roster = Roster::default();
            for recorded in log {
                evolve(&mut roster, &reread(recorded));
            }
            roster
        };
        prop_assert_eq!(&fold(&history.log), &history.roster);
        if let Some((picture, length)) = held {
            prop_assert_eq!(fold(&history.log[..length]), picture);
        }
    }

    #[test]
    fn a_saved_roster_is_the_roster(intents in any_history()) {
        let roster = after(intents).roster;
        let saved = rmp_serde::to_vec_named(&roster).unwrap();
        prop_assert_eq!(rmp_serde::from_slice::<Roster>(&saved).unwrap(), roster);
    }

    #[test]
    fn names_are_unique_and_lookups_agree_with_the_list(intents in any_history()) {
        let history = after(intents);
        let tenant = history.tenant();
        let mut names = BTreeSet::new();
        for person in tenant.people().skipping(0) {
            prop_assert!(names.insert(person.user_name().to_lowercase()));
            prop_assert_eq!(tenant.people().by_user_name(person.user_name()), Some(person));
            prop_assert_eq!(tenant.people().by_resource(person.resource), Some(person));
            if let Some(id) = person.external_id() {
                prop_assert!(tenant.people().by_external_id(id).any(|other| other == person));
            }
        }
        prop_assert_eq!(tenant.people().count(), names.len());
        let mut names = BTreeSet::new();
        for group in tenant.groups().skipping(0) {
            let name = group.display_name();
            prop_assert!(names.insert(name.to_lowercase()));
            prop_assert_eq!(tenant.groups().by_display_name(name), Some(group));
        }
        prop_assert_eq!(tenant.groups().count(), names.len());
    }

    #[test]
    fn people_members_and_teams_are_as_a_naive_model_has_them(intents in any_history()) {
        compare_with_the_model(intents)?;
    }

    #[test]
    fn so_are_those_who_have_two_resources(intents in any_history()) {
        let resource = |n| ResourceId(Uuid::from_u128(n));
        let ada = |name: &str, n, active| Intent::User {
            resource: resource(n),
            profile: profile(name, Some("1")),
            active,
        };
        let core = TeamId(Uuid::from_u128(11));
        let beginning = [
            new_user(resource(1), "ada@x", Some("1")),
            new_group(core, "Core", &[&id(resource(1))]),
            ada("ada@x", 1, false),
            new_user(resource(2), "bob@x", Some("1")),
            members(core, "Core", vec![add(&[&id(resource(2))])]),
        ];
        compare_with_the_model(beginning.into_iter().chain(intents).collect())?;
    }

    /// By whichever wire somebody left, they come back as who they were.
    #[test]
    fn former_and_back_again_keeps_the_employee_the_teams_and_the_bookings(
        intents in any_history(),
        which in any::<prop::sample::Index>(),
        deleted in any::<bool>(),
    ) {
        let mut history = after(intents);
        let benefits = history.tenant().integration().is_some_and(|integration| {
            integration.profile == IntegrationProfile::Benefits
        });
        let people = history.tenant().people();
        // Whoever has several resources stays, with the others, if one is deleted.
        let recognisable = |person: &&Person| {
            let goes = !people.has_several(person.employee);
            person.active() && (!deleted || goes && (benefits || person.external_id().is_some()))
        };
        let people: Vec<Person> = people.skipping(0).filter(recognisable).cloned().collect();
        if people.is_empty() {
            return Ok(());
        }
        let before = which.get(&people);
        let teams = history.tenant().teams_of(before.employee);
        let bookings = history.tenant().bookings().clone();
        let profile = before.profile();
        let looks = |active| {
            Intent::User { resource: before.resource, profile: profile.clone(), active }
        };
        let resource = if deleted {
            history.tell(&gone(before.resource)).unwrap();
            let profile = profile.clone();
            history.tell(&Intent::NewUser { resource: ADA_2, profile, active: true }).unwrap();
            ADA_2
        } else {
            history.tell(&looks(false)).unwrap();
            history.tell(&looks(true)).unwrap();
            before.resource
        };
        let tenant = history.tenant();
        let back = tenant.people().by_resource(resource).unwrap();
        prop_assert_eq!(back.employee, before.employee);
        prop_assert!(back.active());
        prop_assert_eq!(tenant.teams_of(before.employee), teams);
        prop_assert_eq!(tenant.bookings(), &bookings);
    }

    #[test]
    fn local_edits_never_change_what_scim_sees(intents in any_history()) {
        let synced = intents.iter().filter(|intent| !is_local(intent)).cloned().collect();
        let (edited, synced) = (after(intents), after(synced));
        prop_assert_eq!(seen_by_scim(edited.tenant()), seen_by_scim(synced.tenant()));
    }

    /// The log may hold what no decision of ours would have written.
    #[test]
    fn any_event_can_be_taken_in_in_any_order(intents in any_history(), seed in any::<u64>()) {
        let mut log = after(intents).log;
        let length = log.len();
        for (n, step) in (0..length).zip((0_u64..).map(|n| seed.rotate_left((n % 64) as u32))) {
            log.swap(n, usize::try_from(step % length as u64).unwrap());
        }
        let mut roster = Roster::default();
        for recorded in &log {
            evolve(&mut roster, recorded);
        }
        for (_, tenant) in roster.tenants() {
            for employee in all_employees() {
                tenant.teams_of(employee);
            }
            for group in tenant.groups().skipping(0) {
                prop_assert_eq!(tenant.members(group).count(), group.member_count());
            }
        }
    }
}

/// Compares the roster with the model after each intent.
fn compare_with_the_model(intents: Vec<Intent>) -> Result<(), TestCaseError> {
    let mut history = given([]);
    let mut model = Model::default();
    for intent in intents {
        if history.tell(&intent).is_err() {
            continue;
        }
        model.tell(&intent);
        let tenant = history.tenant();
        for person in &model.people {
            let newest = model.newest(person.employee);
            let known = tenant.people().by_employee(person.employee);
            let known = known.map(|known| (known.resource, known.gone, known.profile()));
            let expected = (newest.resource, newest.gone, newest.profile.clone());
            prop_assert_eq!(known, Some(expected), "after {:?}", &intent);
            let resource = tenant.people().by_resource(person.resource);
            let resource = resource.map(|known| (known.active(), known.profile()));
            let expected = (!person.gone).then(|| (person.active, person.profile.clone()));
            prop_assert_eq!(resource, expected, "after {:?}", &intent);
        }
        let groups: Vec<_> = tenant.groups().skipping(0).map(|group| group.team).collect();
        let shown: Vec<_> =
            groups.into_iter().map(|team| (team, shown_members(tenant, team))).collect();
        prop_assert_eq!(shown, model.groups(), "after {:?}", &intent);
        for person in &model.people {
            let teams = tenant.teams_of(person.employee);
            let teams: Vec<TeamId> = teams.into_iter().map(|one| one.team).collect();
            prop_assert_eq!(teams, model.teams_of(person.employee), "after {:?}", &intent);
        }
    }
    Ok(())
}

fn is_local(intent: &Intent) -> bool {
    matches!(
        intent,
        Intent::AssignTeam { .. }
            | Intent::UnassignTeam { .. }
            | Intent::ChoosePrimary { .. }
            | Intent::ResetTeams { .. }
            | Intent::NewTeam { .. }
            | Intent::RenameTeam { .. }
            | Intent::RemoveTeam { .. }
    )
}

/// An event as it comes back from the log: through its headers and its body.
fn reread(recorded: &Recorded) -> Recorded {
    let Recorded { seq, envelope, event, digest, chain, commit } = recorded;
    let mut headers = envelope.headers(event).expect("a known event");
    headers.extend([(header::DIGEST, digest.to_string()), (header::CHAIN, chain.to_string())]);
    let header_of = |name| headers.iter().find(|(n, _)| *n == name).map(|(_, text)| text.as_str());
    assert!(header_of(header::ID).is_some());
    let subject = event.subject(&envelope.tenant).expect("a known event");
    let body = Event::body(event).expect("a known event");
    Recorded::decode(*seq, *commit, &subject, header_of, &body).expect("what we wrote can be read")
}
