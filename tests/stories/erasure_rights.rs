//! Who may delete events, as `deploy/` ships it: `operate` alone may not, and is told as whom to.

use kit::program::Program;
use serde_json::json;

use crate::deployment::{Deployment, OPERATOR_TOKEN, url_of};

/// `operate` as its NATS user, which deletes as `deleting`, or as itself.
fn operate(deployment: &Deployment, deleting: Option<&str>) -> Program {
    let nats_url = url_of(&deployment.nats, "operate");
    let deleting = deleting.map(|user| url_of(&deployment.nats, user)).unwrap_or_default();
    let mut environment = vec![
        ("NATS_URL", nats_url.as_str()),
        ("DATABASE_URL", deployment.database_url.as_str()),
        ("ROLLCALL_OPERATOR_TOKEN", OPERATOR_TOKEN),
        ("ROLLCALL_LOG", "json"),
    ];
    if !deleting.is_empty() {
        environment.push(("ROLLCALL_ERASURE_NATS_URL", deleting.as_str()));
    }
    Program::start(&["operate", "--listen", "127.0.0.1:0"], &environment)
}

#[tokio::test]
async fn an_erasure_that_may_not_delete_is_incomplete_until_it_is_run_by_who_may() {
    let deployment = Deployment::with(1).await;
    let company = deployment.companies("contoso").await.remove(0);
    let zoe = company.hire("Zoe").await.clone();
    company.disable(&zoe).await;

    let mut powerless = operate(&deployment, None);
    powerless.expects("an erasure is incomplete; run it again");
    powerless.expects("Permissions Violation");
    let url = powerless.url().await;
    let plan = format!("erase plan {zoe} --tenant contoso");
    let plan = deployment.verb_at(&url, "project", &plan).await.ended(0).line();
    let run = format!(
        "erase run {} --confirm contoso",
        plan["erasure"].as_str().expect("the plan has an id")
    );
    let told = deployment.verb_at(&url, "project", &run).await.ended(3).line();
    assert_eq!((&told["state"], &told["failed_step"]), (&json!("incomplete"), &json!("delete")));
    let status = deployment.verb_at(&url, "project", "status").await.ended(3).line();
    let shown = &status["erasures"][0];
    assert_eq!((&shown["erasure"], &shown["state"]), (&plan["erasure"], &json!("incomplete")));
    let diagnosis = deployment.verb_at(&url, "project", "doctor").await.line();
    let checks = diagnosis["checks"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["name"] == "erasures").expect("a check of them");
    assert_eq!(check["verdict"], "warn", "{check}");
    powerless.kill9().await;

    let entitled = operate(&deployment, Some("erase"));
    let url = entitled.url().await;
    let told = deployment.verb_at(&url, "project", &run).await.ended(0).line();
    assert_eq!(told["state"], "completed", "{told}");
    let status = deployment.verb_at(&url, "project", "status").await.ended(0).line();
    assert_eq!(status["erasures"], json!([]), "{status}");
}
