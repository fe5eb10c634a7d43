//! People come, change, go and come back.

use events::{Event, EventKind, IntegrationProfile, Standing};
use serde_json::json;

use super::given;
use super::words::*;
use crate::{Intent, Refusal};

#[test]
fn somebody_new_is_active_and_known_by_the_first_resource() {
    given([]).when(&joins(ADA, "Ada@X.org")).then([EventKind::UserCreated]).so(|tenant| {
        let ada = tenant.people().by_resource(ADA).expect("Ada");
        assert_eq!(ada.employee, employee(ADA));
        assert_eq!(ada.standing, Standing::Active);
        assert_eq!(ada.profile(), profile("Ada@X.org", Some("oid-Ada@X.org")));
        assert_eq!(tenant.people().by_user_name("ADA@x.ORG"), Some(ada));
        assert_eq!(tenant.people().by_employee(employee(ADA)), Some(ada));
    });
}

#[test]
fn a_user_name_has_one_holder_however_it_is_spelt() {
    given([joins(ADA, "ada@x")])
        .when(&new_user(BOB, "ADA@x", None))
        .refused(&Refusal::UserNameTaken("ADA@x".parse().unwrap()));
    given([joins(ADA, "ada@x"), joins(BOB, "bob@x")])
        .when(&looks(BOB, "Ada@X", true))
        .refused(&Refusal::UserNameTaken("Ada@X".parse().unwrap()));
}

#[test]
fn ones_own_user_name_may_be_spelt_anew() {
    given([joins(ADA, "ada@x")]).when(&looks(ADA, "Ada@x", true)).then([EventKind::UserChanged]);
}

#[test]
fn a_disabled_user_holds_the_name_and_a_deleted_one_does_not() {
    let disabled = given([joins(ADA, "ada@x"), looks(ADA, "ada@x", false)]);
    disabled
        .when(&new_user(BOB, "ada@x", Some("somebody else")))
        .refused(&Refusal::UserNameTaken("ada@x".parse().unwrap()));
    let deleted = given([joins(ADA, "ada@x"), gone(ADA)]);
    deleted.when(&new_user(BOB, "ada@x", Some("somebody else"))).then([EventKind::UserCreated]);
}

#[test]
fn an_external_id_may_be_shared_by_those_present() {
    given([new_user(ADA, "ada@x", Some("1"))])
        .when(&new_user(BOB, "bob@x", Some("1")))
        .then([EventKind::UserCreated])
        .so(|tenant| {
            let names: Vec<&str> =
                tenant.people().by_external_id("1").map(crate::Person::user_name).collect();
            assert_eq!(names, ["ada@x", "bob@x"]);
        });
}

#[test]
fn what_is_so_already_is_no_event_and_no_new_version() {
    let before = given([joins(ADA, "ada@x")]);
    let version = before.tenant().people().by_resource(ADA).unwrap().version;
    before.when(&looks(ADA, "ada@x", true)).then_nothing().so(|tenant| {
        assert_eq!(tenant.people().by_resource(ADA).unwrap().version, version);
    });
}

#[test]
fn a_change_and_a_change_of_standing_are_one_event_that_names_all_that_changed() {
    let all = ["userName", "externalId", "active"];
    let outcome = given([joins(ADA, "ada@x")]).when(&looks(ADA, "countess@x", false));
    let Ok([Event::UserDeactivated(left)]) = outcome.told.as_deref() else { panic!("{outcome:?}") };
    let state = &left.state;
    assert_eq!(
        (state.standing, state.profile.user_name.as_str()),
        (Standing::Former, "countess@x")
    );
    assert_eq!(state.changed, all);
    let outcome = outcome.after.when(&looks(ADA, "ada@x", true));
    let Ok([Event::UserReactivated(back)]) = outcome.told.as_deref() else { panic!("{outcome:?}") };
    assert_eq!((back.standing, back.profile.user_name.as_str()), (Standing::Active, "ada@x"));
    assert_eq!(back.changed, all);
}

#[test]
fn a_disabled_user_stays_and_comes_back_on_the_same_resource() {
    given([joins(ADA, "ada@x"), looks(ADA, "ada@x", false)])
        .when(&looks(ADA, "ada@x", true))
        .then([EventKind::UserReactivated])
        .so(|tenant| assert!(tenant.people().by_resource(ADA).unwrap().active()));
}

#[test]
fn a_deleted_user_is_a_former_employee_and_no_resource() {
    given([joins(ADA, "ada@x")]).when(&gone(ADA)).then([EventKind::UserDeleted]).so(|tenant| {
        let people = tenant.people();
        assert_eq!(people.by_resource(ADA), None);
        assert_eq!(people.by_user_name("ada@x"), None);
        assert_eq!(people.by_external_id("oid-ada@x").count(), 0);
        assert_eq!(people.count(), 0);
        assert_eq!(people.by_employee(employee(ADA)).unwrap().standing, Standing::Former);
    });
}

#[test]
fn what_is_deleted_answers_no_more() {
    let deleted = given([joins(ADA, "ada@x"), gone(ADA)]);
    deleted.clone().when(&gone(ADA)).refused(&Refusal::NoSuchUser(ADA));
    deleted.clone().when(&looks(ADA, "ada@x", true)).refused(&Refusal::NoSuchUser(ADA));
    deleted.when(&joins(ADA, "ada@x")).refused(&Refusal::IdReused(ADA.0));
}

#[test]
fn at_work_the_external_id_tells_who_is_back() {
    let left = given([joins(ADA, "ada@x"), gone(ADA)]);
    left.clone()
        .when(&new_user(ADA_2, "ada.king@x", Some("oid-ada@x")))
        .then([EventKind::UserReturned])
        .so(|tenant| {
            let ada = tenant.people().by_resource(ADA_2).unwrap();
            assert_eq!(ada.employee, employee(ADA));
            assert_eq!(ada.profile().user_name.as_str(), "ada.king@x");
            assert!(ada.active());
            assert_eq!(tenant.people().by_resource(ADA), None);
        });
    // Somebody else was given the address.
    left.clone().when(&new_user(BOB, "ada@x", Some("oid-other"))).then([EventKind::UserCreated]);
    // Nobody can tell.
    left.clone().when(&new_user(BOB, "ada@x", None)).then([EventKind::UserCreated]);
    // External ids are case-exact.
    left.when(&new_user(BOB, "ada@x", Some("OID-ada@x"))).then([EventKind::UserCreated]);
}

#[test]
fn for_benefits_the_user_name_tells_who_is_back_unless_payroll_contradicts() {
    let benefits = integration(IntegrationProfile::Benefits);
    let left = given([benefits.clone(), new_user(ADA, "ada@x", Some("17")), gone(ADA)]);
    left.clone().when(&new_user(ADA_2, "ADA@x", Some("17"))).then([EventKind::UserReturned]);
    left.clone().when(&new_user(ADA_2, "ada@x", None)).then([EventKind::UserReturned]);
    left.clone().when(&new_user(BOB, "ada@x", Some("18"))).then([EventKind::UserCreated]);
    left.when(&new_user(BOB, "other@x", Some("17"))).then([EventKind::UserCreated]);
    let without = given([benefits, new_user(ADA, "ada@x", None), gone(ADA)]);
    without.when(&new_user(ADA_2, "ada@x", Some("17"))).then([EventKind::UserReturned]);
}

#[test]
fn of_several_who_could_be_back_it_is_the_one_who_went_last() {
    given([
        new_user(ADA, "ada@x", Some("1")),
        new_user(BOB, "bob@x", Some("1")),
        gone(BOB),
        gone(ADA),
    ])
    .when(&new_user(EVE, "eve@x", Some("1")))
    .then([EventKind::UserReturned])
    .so(|tenant| {
        assert_eq!(tenant.people().by_resource(EVE).unwrap().employee, employee(ADA));
    });
}

#[test]
fn somebody_can_come_back_disabled() {
    let profile = profile("ada@x", Some("oid-ada@x"));
    given([joins(ADA, "ada@x"), gone(ADA)])
        .when(&Intent::NewUser { resource: ADA_2, profile, active: false })
        .then([EventKind::UserReturned])
        .so(|tenant| assert!(!tenant.people().by_resource(ADA_2).unwrap().active()));
}

#[test]
fn what_the_log_could_not_read_back_is_refused() {
    let with = |name: &str, value| {
        let mut profile = profile("ada@x", None);
        profile.attributes.insert(name.to_owned(), value);
        Intent::NewUser { resource: ADA, profile, active: true }
    };
    given([]).when(&with("urn:x", nested(32))).then([EventKind::UserCreated]);
    given([]).when(&with("urn:x", nested(33))).refused(&Refusal::TooDeep { max: 32 });
    given([])
        .when(&with("externalId", "1".into()))
        .refused(&Refusal::DuplicateAttribute("externalId"));
}

#[test]
fn the_name_to_show_is_the_one_in_the_profile() {
    let shown = |value: serde_json::Value| {
        let mut profile = profile("ada@x", None);
        profile.attributes.insert("name".to_owned(), json!({ "displayName": "not this" }));
        profile.attributes.insert("displayName".to_owned(), value);
        let history = given([Intent::NewUser { resource: ADA, profile, active: true }]);
        let ada = history.tenant().people().by_resource(ADA).unwrap();
        assert_eq!(ada.display_name().as_deref(), ada.profile().display_name());
        ada.display_name()
    };
    assert_eq!(shown(json!("Ada \"the \u{1F9EE}\" King")).unwrap(), "Ada \"the \u{1F9EE}\" King");
    assert_eq!(shown(json!(7)), None);
}

#[test]
fn people_page_in_the_order_in_which_their_resources_were_made() {
    let history = given([
        joins(ADA, "ada@x"),
        joins(BOB, "bob@x"),
        joins(EVE, "eve@x"),
        gone(ADA),
        looks(BOB, "bob@x", false),
        joins(ADA_2, "ada@x"),
    ]);
    let page = |offset| -> Vec<_> {
        history.tenant().people().skipping(offset).map(|person| person.resource).collect()
    };
    assert_eq!(page(0), [BOB, EVE, ADA_2]);
    assert_eq!(page(2), [ADA_2]);
    assert!(page(3).is_empty());
}
