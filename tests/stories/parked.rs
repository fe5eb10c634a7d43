//! Events that cannot be applied, as an operator and a reader meet them.

use kit::company::Company;
use kit::refusals::{mend, refuse};
use kit::tables::connect;
use kit::wait::until;
use kit::world::World;
use serde_json::{Value, json};
use tokio_postgres::Client;

/// A world in which nothing of Ann can be written to the directory any more, though all of Bob.
async fn ann_is_refused() -> (World, Company, Client, String) {
    let mut world = World::new().await;
    world.expects("an event is parked");
    let company = world.contoso().await;
    let (ann, bob) = (company.hire("Ann").await, company.hire("Bob").await);
    assert_eq!(company.employee(&ann).await["stale"], json!(false));
    let client = connect(&world.database_url).await;
    refuse(&client, "directory", &ann, "23514").await;
    company.disable(&ann).await;
    company.restore(&ann).await;
    company.disable(&bob).await;
    // Once this is seen, all before it was tried.
    assert_eq!(company.employee(&bob).await["standing"], "former");
    (world, company, client, ann)
}

async fn parked(world: &World, exit_code: i32) -> Value {
    world.verb("parked list").await.ended(exit_code).line()
}

#[tokio::test]
async fn what_cannot_be_applied_holds_up_one_person_and_an_operator_has_it_tried_again() {
    let (world, company, client, ann) = ann_is_refused().await;
    // The readers see all of the others, and are told of her.
    let shown = company.employee(&ann).await;
    assert_eq!((&shown["standing"], &shown["stale"]), (&json!("active"), &json!(true)));
    let listed = parked(&world, 3).await;
    assert_eq!(listed["schema"], "rollcall.parked.v1");
    let event = &listed["parked"][0];
    assert_eq!(event["event"], "user.deactivated");
    assert_eq!((&event["tenant"], &event["behind"]), (&json!("contoso"), &json!(1)));
    assert_eq!(event["key"], json!(format!("person {ann}")));
    let id = event["id"].as_str().expect("a name").to_owned();

    let detail = world.result(&format!("parked show {id}")).await;
    assert_eq!(detail["waiting"][0]["event"], "user.reactivated");
    assert_eq!(detail["body"]["employeeId"], json!(ann));
    let advice = detail["advice"].to_string();
    assert!(advice.contains(&format!("rollcall parked retry {id}")), "{advice}");
    let exported = world.result("parked export").await;
    assert_eq!(exported["events"][0]["behind"], json!(["user.reactivated"]));
    for told in [&detail, &listed, &exported] {
        let told = told.to_string().to_lowercase();
        assert!(!told.contains("ann@") && !told.contains("object of ann"), "{told}");
    }
    let exported = exported.to_string();
    assert!(!exported.contains(&ann) && !exported.contains("contoso"), "{exported}");

    let dry = world.result("parked retry --all --dry-run").await;
    assert_eq!((&dry["events"], &dry["dry_run"]), (&json!([id]), &json!(true)));
    // As when it was tried for the last time by itself.
    let given_up = "UPDATE directory.parked SET tries = 6, next_at = NULL WHERE cause IS NOT NULL";
    client.batch_execute(given_up).await.expect("a parked event");
    mend(&client, "directory").await;
    assert_eq!(parked(&world, 3).await["parked"][0]["next_at"], Value::Null);
    let retried = world.result(&format!("parked retry {id}")).await;
    assert_eq!(retried["events"], json!([id]));
    until("nothing waits", async || world.verb("parked list").await.line()["parked"] == json!([]))
        .await;
    // What was behind it comes a moment later.
    until("she is up to date", async || company.employee(&ann).await["stale"] == json!(false))
        .await;
    let shown = company.employee(&ann).await;
    assert_eq!(shown["standing"], "active");
    assert_eq!(shown["leftAt"], Value::Null);
    world.verb(&format!("parked show {id}")).await.ended(1);
}

#[tokio::test]
async fn a_skip_needs_a_reason_is_an_act_and_lets_go_what_waits_behind() {
    let (world, company, client, ann) = ann_is_refused().await;
    let event = parked(&world, 3).await["parked"][0].clone();
    let id = event["id"].as_str().expect("a name").to_owned();
    world.verb(&format!("parked skip {id}")).await.ended(2);
    let skipped = world.result(&format!("parked skip {id} --reason INC-7")).await;
    assert_eq!((&skipped["projection"], &skipped["behind"]), (&json!("directory"), &json!(1)));
    mend(&client, "directory").await;
    // What was behind fails as well, if it was tried before the table was mended.
    until("nothing waits", async || world.verb("parked list").await.line()["parked"] == json!([]))
        .await;
    until("she is up to date", async || company.employee(&ann).await["stale"] == json!(false))
        .await;
    assert_eq!(company.employee(&ann).await["standing"], "active");
    let acts = world.result("operations log").await;
    let acts = acts["acts"].as_array().expect("acts");
    let skip = acts.iter().find(|act| act["act"] == "parked.skipped").expect("the act");
    assert_eq!((&skip["of"]["reason"], &skip["by"]), (&json!("INC-7"), &json!("root")));
    assert_eq!(skip["of"]["seq"], event["position"]);
}
