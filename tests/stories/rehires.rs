//! People come back after their resource was deleted.

use kit::entra;
use kit::world::World;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn in_workplace_the_same_object_id_is_the_same_employee_with_history_and_bookings() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let sales = company.form("Sales", &[&ada]).await;
    let desk = json!({
        "employeeId": ada, "resource": "desk-7",
        "startsAt": "2020-01-06T09:00:00Z", "endsAt": "2020-01-06T17:00:00Z",
    });
    company.command(Method::PUT, "bookings/b-1", Some(&desk)).await.answered(201);
    company.purge(&ada).await;

    let again = entra::workplace_user("ada.king@contoso.example", "Ada King", "object of Ada");
    let back = company.post("Users", &again).await.answered(201).id();
    assert_ne!(back, ada, "an id is never given twice (RFC 7643 §3.1)");
    company.scim(&format!("Users/{ada}")).await.refused(404, None);
    let employee = company.employee(&ada).await;
    assert_eq!(employee["id"], json!(ada));
    assert_eq!(employee["resourceId"], json!(back));
    assert_eq!(employee["standing"], "active");
    assert_eq!(employee["userName"], "ada.king@contoso.example");
    company.ask(&format!("employees/{back}")).await.answered(404);

    company.add(&sales, &back).await;
    assert_eq!(company.teams_of(&ada).await, ["Sales primary synced"]);
    company.disable(&back).await;
    let kept = company.ask(&format!("leavers/{ada}/bookings")).await.answered(200);
    assert_eq!(kept.body["past"][0]["reference"], "b-1", "{}", kept.text);
    let facts: Vec<_> = world
        .events("contoso")
        .await
        .into_iter()
        .filter(|event| event["data"]["employeeId"] == json!(ada))
        .map(|event| event["type"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        facts,
        [
            "user.created",
            "booking.recorded",
            "user.deleted",
            "user.returned",
            // The group named her by the old id until here.
            "group.member-resources-changed",
            "user.deactivated",
        ]
    );
}

#[tokio::test]
async fn in_workplace_an_equal_user_name_with_another_object_id_is_somebody_else() {
    let world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    company.purge(&ada).await;
    let other = entra::workplace_user("ada@contoso.example", "Ada", "object of another Ada");
    let other = company.post("Users", &other).await.answered(201).id();
    assert_eq!(company.employee(&other).await["id"], json!(other));
    assert_eq!(company.employee(&ada).await["standing"], "former");
}

#[tokio::test]
async fn in_benefits_the_same_user_name_is_the_same_employee() {
    let world = World::new().await;
    let company = world.company("fabrikam", "benefits").await;
    for (login, then, now) in [
        ("ada@x.example", Some("P-1"), Some("P-1")),
        ("bob@x.example", Some("P-2"), None),
        ("cyd@x.example", None, Some("P-3")),
        ("dan@x.example", None, None),
    ] {
        let first =
            company.post("Users", &entra::benefits_user(login, then)).await.answered(201).id();
        company.purge(&first).await;
        let again =
            company.post("Users", &entra::benefits_user(login, now)).await.answered(201).id();
        let employee = company.employee(&first).await;
        assert_eq!(employee["standing"], "active", "{login}, {then:?} and then {now:?}");
        assert_eq!(employee["resourceId"], json!(again));
    }
}

#[tokio::test]
async fn in_benefits_payroll_references_that_contradict_each_other_are_two_people() {
    let world = World::new().await;
    let company = world.company("fabrikam", "benefits").await;
    let ada = entra::benefits_user("ada@x.example", Some("P-1"));
    let first = company.post("Users", &ada).await.answered(201).id();
    company.purge(&first).await;
    let other = entra::benefits_user("ada@x.example", Some("P-2"));
    let second = company.post("Users", &other).await.answered(201).id();
    assert_eq!(company.employee(&first).await["standing"], "former");
    assert_eq!(company.employee(&second).await["standing"], "active");
}

#[tokio::test]
async fn whoever_is_made_anew_is_not_back_in_a_group_that_was_emptied_or_replaced_meanwhile() {
    let world = World::new().await;
    let company = world.contoso().await;
    let all = |value| entra::patch([json!({ "op": "Replace", "path": "members", "value": value })]);
    for (number, how) in ["a put", "a replace", "a remove of all"].into_iter().enumerate() {
        let name = format!("Ada{number}");
        let (ada, bob) = (company.hire(&name).await, company.hire(&format!("Bob{number}")).await);
        let group = company.form(&format!("Group {number}"), &[&ada, &bob]).await;
        let kept = company.form(&format!("Kept {number}"), &[&ada]).await;
        company.purge(&ada).await;
        let path = format!("Groups/{group}");
        let left: Vec<&String> = match how {
            "a put" => {
                let mut whole = entra::group(&format!("Group {number}"));
                whole["members"] = json!([{ "value": bob }]);
                company.scim_write(Method::PUT, &path, &whole).await.answered(200);
                vec![&bob]
            }
            "a replace" => {
                company.patch(&path, &all(json!([{ "value": bob }]))).await.answered(204);
                vec![&bob]
            }
            _all => {
                let remove = entra::patch([json!({ "op": "Remove", "path": "members" })]);
                company.patch(&path, &remove).await.answered(204);
                vec![]
            }
        };
        let back = company.hire(&name).await;
        assert_eq!(company.members(&group).await.iter().collect::<Vec<_>>(), left, "after {how}");
        assert_eq!(company.members(&kept).await, [back], "nobody took her out of it");
        let kept = format!("Kept {number} primary synced");
        assert_eq!(company.teams_of(&ada).await, [kept], "after {how}");
    }
}
