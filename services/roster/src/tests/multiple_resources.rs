//! People who are made anew before their old resource is deleted, and have both for a while.

use events::{Event, EventKind, IntegrationProfile, MemberRef, Standing};

use super::words::*;
use super::{History, given};
use crate::{Intent, PersonRef, Refusal, TenantRoster, evolve};

mod members;

fn user(resource: events::ResourceId, name: &str, active: bool) -> Intent {
    Intent::User { resource, profile: profile(name, Some("oid")), active }
}

/// Ada was disabled, and made anew under another name.
fn ada_twice() -> History {
    let line = [
        new_user(ADA, "ada@x", Some("oid")),
        user(ADA, "ada@x", false),
        new_user(ADA_2, "ada.king@x", Some("oid")),
    ];
    given(line)
}

#[track_caller]
fn stands(tenant: &TenantRoster, standing: Standing) {
    let ada = tenant.people().by_employee(employee(ADA)).expect("Ada");
    assert_eq!(tenant.standing(ada), standing);
    assert_eq!(tenant.people().active(), usize::from(standing == Standing::Active));
}

/// Who is described by which resource, by the last event about the person.
#[track_caller]
fn last_told(history: &History) -> (events::ResourceId, String, Standing) {
    let told = history.log.iter().rev().find_map(|recorded| match &recorded.event {
        Event::UserCreated(state)
        | Event::UserChanged(state)
        | Event::UserReactivated(state)
        | Event::UserReturned(state) => Some(state),
        Event::UserDeactivated(body) | Event::UserDeleted(body) => Some(&body.state),
        _other => None,
    });
    let told = told.expect("an event about a person");
    (told.resource_id, told.profile.user_name.to_string(), told.standing)
}

fn shown(tenant: &TenantRoster) -> Vec<String> {
    let core = tenant.groups().get(CORE).expect("the group");
    let values: Vec<String> =
        tenant.members(core).map(|member| member.value().into_owned()).collect();
    assert_eq!(core.member_count(), values.len());
    assert!(values.iter().all(|value| tenant.has_member(CORE, value)));
    values
}

#[test]
fn at_work_who_is_made_anew_while_the_old_resource_is_inactive_is_the_same_employee_with_both() {
    let history = ada_twice();
    assert_eq!(history.log.last().unwrap().event.kind(), Some(EventKind::UserReturned));
    let tenant = history.tenant();
    stands(tenant, Standing::Active);
    let people = tenant.people();
    assert_eq!((people.count(), people.present()), (2, 1));
    for (resource, name, active) in [(ADA, "ada@x", false), (ADA_2, "ada.king@x", true)] {
        let ada = people.by_resource(resource).expect("each by its id");
        assert_eq!((ada.employee, ada.user_name(), ada.active()), (employee(ADA), name, active));
        assert_eq!(people.by_user_name(name), Some(ada));
    }
    assert_eq!(people.by_external_id("oid").count(), 2);
    let page: Vec<_> = people.skipping(0).map(|person| person.resource).collect();
    assert_eq!(page, [ADA, ADA_2]);
    assert_eq!(people.by_employee(employee(ADA)).unwrap().resource, ADA_2, "the newest");
}

#[test]
fn for_benefits_it_takes_the_external_id_and_a_name_that_the_old_resource_had() {
    let behind = "0123456789abcdef0123456789abcdefada@x";
    let benefits = || integration(IntegrationProfile::Benefits);
    let left =
        |name| given([benefits(), new_user(ADA, "ada@x", Some("oid")), user(ADA, name, false)]);
    let mangled = left(behind);
    mangled.clone().when(&new_user(ADA_2, "Ada@X", Some("oid"))).then([EventKind::UserReturned]);
    mangled.clone().when(&new_user(ADA_2, "ada@x", None)).then([EventKind::UserCreated]);
    mangled.clone().when(&new_user(ADA_2, "ada@x", Some("other"))).then([EventKind::UserCreated]);
    mangled.when(&new_user(ADA_2, "bob@x", Some("oid"))).then([EventKind::UserCreated]);
    left("ada.king@x").when(&new_user(ADA_2, "ada@x", Some("oid"))).then([EventKind::UserReturned]);
}

#[test]
fn nobody_becomes_one_with_somebody_active_or_by_an_external_id_that_others_have_too() {
    let there = given([new_user(ADA, "ada@x", Some("oid"))]);
    there.clone().when(&new_user(BOB, "bob@x", Some("oid"))).then([EventKind::UserCreated]);
    let mut both = there;
    both.tell(&new_user(BOB, "bob@x", Some("oid"))).unwrap();
    both.tell(&user(ADA, "ada@x", false)).unwrap();
    both.clone().when(&new_user(EVE, "eve@x", Some("oid"))).then([EventKind::UserCreated]);
    both.tell(&user(BOB, "bob@x", false)).unwrap();
    both.clone().when(&new_user(EVE, "eve@x", Some("oid"))).then([EventKind::UserCreated]);
    both.when(&new_user(EVE, "eve@x", None)).then([EventKind::UserCreated]);
}

#[test]
fn of_one_who_went_and_one_who_is_inactive_it_is_the_one_who_was_heard_of_last() {
    let line = [
        new_user(ADA, "ada@x", Some("oid")),
        new_user(BOB, "bob@x", Some("oid")),
        user(ADA, "ada@x", false),
        gone(BOB),
    ];
    let is = |history: History, first| {
        history.when(&new_user(EVE, "eve@x", Some("oid"))).then([EventKind::UserReturned]).so(
            |tenant| {
                assert_eq!(tenant.people().by_resource(EVE).unwrap().employee, employee(first));
            },
        );
    };
    let mut history = given(line);
    is(history.clone(), BOB);
    history.tell(&user(ADA, "ada2@x", false)).unwrap();
    is(history, ADA);
}

#[test]
fn each_resource_holds_its_name() {
    let twice = ada_twice();
    let taken = |name: &str| Refusal::UserNameTaken(name.parse().unwrap());
    twice.clone().when(&user(ADA_2, "ada@x", true)).refused(&taken("ada@x"));
    twice.clone().when(&user(ADA, "Ada.King@x", false)).refused(&taken("Ada.King@x"));
    twice.clone().when(&new_user(EVE, "ada@x", Some("oid"))).refused(&taken("ada@x"));
    // A new one under the name of the old resource, while that has it.
    given([new_user(ADA, "ada@x", Some("oid")), user(ADA, "ada@x", false)])
        .when(&new_user(ADA_2, "ada@x", Some("oid")))
        .refused(&taken("ada@x"));
    let mut free = twice;
    free.tell(&gone(ADA)).unwrap();
    free.when(&user(ADA_2, "ada@x", true)).then([EventKind::UserChanged]);
}

#[test]
fn what_happens_to_the_old_resource_is_no_news_about_the_person() {
    let twice = ada_twice();
    let told = last_told(&twice);
    assert_eq!(told, (ADA_2, "ada.king@x".to_owned(), Standing::Active));
    let renamed = twice.clone().when(&user(ADA, "old.ada@x", false));
    renamed.then([EventKind::UserResourceChanged]).so(|tenant| {
        assert_eq!(tenant.people().by_resource(ADA).unwrap().user_name(), "old.ada@x");
        assert_eq!(tenant.people().by_user_name("ada@x"), None);
    });
    twice.clone().when(&user(ADA, "ada@x", false)).then_nothing();
    let deleted = twice.when(&gone(ADA)).then([EventKind::UserResourceDeleted]).so(|tenant| {
        stands(tenant, Standing::Active);
        assert_eq!(tenant.people().by_resource(ADA), None);
        assert_eq!(tenant.people().by_user_name("ada@x"), None);
        assert_eq!(tenant.people().count(), 1);
    });
    assert_eq!(last_told(&deleted), told);
    deleted.clone().when(&gone(ADA)).refused(&Refusal::NoSuchUser(ADA));
    deleted.clone().when(&user(ADA, "ada@x", true)).refused(&Refusal::NoSuchUser(ADA));
    deleted.when(&gone(ADA_2)).then([EventKind::UserDeleted]).so(|tenant| {
        stands(tenant, Standing::Former);
    });
}

#[test]
fn somebody_is_active_as_long_as_any_resource_is() {
    let mut both = ada_twice();
    let events = both.tell(&user(ADA, "ada@x", true)).unwrap();
    let kinds =
        |events: &[Event]| -> Vec<EventKind> { events.iter().filter_map(Event::kind).collect() };
    assert_eq!(kinds(&events), [EventKind::UserResourceChanged]);
    // The newest is disabled: the person is there by the other one.
    let events = both.tell(&user(ADA_2, "ada.king@x", false)).unwrap();
    assert_eq!(kinds(&events), [EventKind::UserResourceChanged]);
    stands(both.tenant(), Standing::Active);
    assert!(!both.tenant().people().by_resource(ADA_2).unwrap().active());
    let named = user(ADA_2, "countess@x", false);
    both.clone().when(&named).then([EventKind::UserChanged]).so(|tenant| {
        stands(tenant, Standing::Active);
        assert!(!tenant.people().by_resource(ADA_2).unwrap().active(), "the resource is not");
    });
    let events = both.tell(&user(ADA, "ada@x", false)).unwrap();
    assert_eq!(kinds(&events), [EventKind::UserResourceChanged, EventKind::UserDeactivated]);
    assert_eq!(last_told(&both), (ADA_2, "ada.king@x".to_owned(), Standing::Former));
    stands(both.tenant(), Standing::Former);
    let events = both.tell(&user(ADA, "ada@x", true)).unwrap();
    assert_eq!(kinds(&events), [EventKind::UserResourceChanged, EventKind::UserReactivated]);
    assert_eq!(last_told(&both), (ADA_2, "ada.king@x".to_owned(), Standing::Active));
    assert!(!both.tenant().people().by_resource(ADA_2).unwrap().active(), "the resource is not");
    both.when(&gone(ADA)).then([EventKind::UserResourceDeleted, EventKind::UserDeactivated]).so(
        |tenant| {
            stands(tenant, Standing::Former);
        },
    );
}

#[test]
fn if_the_newest_goes_first_the_other_describes_the_person_as_if_it_had_never_been() {
    let twice = ada_twice();
    let left = twice.clone().when(&gone(ADA_2));
    let left =
        left.then([EventKind::UserResourceDeleted, EventKind::UserDeactivated]).so(|tenant| {
            stands(tenant, Standing::Former);
            assert_eq!(tenant.people().by_employee(employee(ADA)).unwrap().resource, ADA);
        });
    assert_eq!(last_told(&left), (ADA, "ada@x".to_owned(), Standing::Former));
    left.when(&user(ADA, "ada@x", true)).then([EventKind::UserReactivated]);
    let mut both = twice;
    both.tell(&user(ADA, "ada@x", true)).unwrap();
    let stays =
        both.when(&gone(ADA_2)).then([EventKind::UserResourceDeleted, EventKind::UserChanged]);
    let stays = stays.so(|tenant| stands(tenant, Standing::Active));
    assert_eq!(last_told(&stays), (ADA, "ada@x".to_owned(), Standing::Active));
}

#[test]
fn who_leaves_by_an_old_resource_counts_for_the_guard() {
    let mut both = ada_twice();
    both.tell(&user(ADA, "ada@x", true)).unwrap();
    both.tell(&user(ADA_2, "ada.king@x", false)).unwrap();
    assert_eq!(both.tenant().guard().leaver_count(), 0);
    both.clone().when(&user(ADA, "ada@x", false)).so(|tenant| {
        assert_eq!(tenant.guard().leaver_count(), 1);
    });
    both.when(&gone(ADA)).so(|tenant| assert_eq!(tenant.guard().leaver_count(), 1));
}

#[test]
fn a_booking_for_the_external_id_of_two_resources_is_that_persons() {
    let mut history = ada_twice();
    history.tell(&user(ADA_2, "ada.king@x", false)).unwrap();
    let person = || PersonRef::ExternalId(events::ExternalId("oid".to_owned()));
    history.when(&books(1, "b1", person(), desk(1))).then([EventKind::BookingRecorded]);
}

#[test]
fn nobody_has_resources_without_end() {
    let mut history = given([]);
    let mut employees = std::collections::BTreeSet::new();
    for n in 0..40_u128 {
        let resource = events::ResourceId(uuid::Uuid::from_u128(0x100 + n));
        let profile = profile(&format!("{n}@x"), Some("oid"));
        history.tell(&Intent::NewUser { resource, profile, active: false }).unwrap();
        let people = history.tenant().people();
        employees.insert(people.by_resource(resource).unwrap().employee);
    }
    assert!(employees.len() > 1);
}

/// The log may hold what no decision of ours would have written.
#[test]
fn whoever_is_told_to_be_gone_by_an_older_resource_has_none_left() {
    let mut gone_before = given([new_user(ADA, "ada@x", Some("oid"))]);
    gone_before.tell(&gone(ADA)).unwrap();
    let mut history = ada_twice();
    history.tell(&new_group(CORE, "Core", &[&id(ADA_2)])).unwrap();
    let mut deleted = gone_before.log.pop().unwrap();
    deleted.seq = history.log.last().unwrap().seq.next();
    evolve(&mut history.roster, &deleted);
    let tenant = history.tenant();
    assert_eq!((tenant.people().count(), tenant.people().present()), (0, 0));
    assert!(shown(tenant).is_empty());
}
