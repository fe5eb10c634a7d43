//! The log or the database goes away, and comes back.

use std::time::{Duration, Instant};

use crate::entra;
use crate::program::until;
use crate::world::{World, http};

/// Entra's own patience is not published; its administrators' is short. The gateway waits for 5 s;
/// the rest is for a busy machine.
const FEW_SECONDS: Duration = Duration::from_secs(30);

#[tokio::test]
async fn without_the_log_writes_wait_for_better_times_and_reads_go_on() {
    let mut world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    world.nats.kill9();

    let bob = entra::workplace_user("bob@contoso.example", "Bob", "object of Bob");
    let asked = Instant::now();
    let refused = company.post("Users", &bob).await.refused(503, None);
    assert!(asked.elapsed() < FEW_SECONDS, "the answer took {:?}", asked.elapsed());
    assert!(refused.header("retry-after").parse::<u32>().is_ok(), "no Retry-After");
    company.scim(&format!("Users/{ada}")).await.answered(200);
    assert_eq!(company.scim("Users").await.answered(200).body["totalResults"], 1);
    company.ask(&format!("employees/{ada}")).await.answered(200);
    let again = Instant::now();
    company.patch(&format!("Users/{ada}"), &entra::disable()).await.refused(503, None);
    assert!(again.elapsed() < FEW_SECONDS, "the answer took {:?}", again.elapsed());

    world.nats.restart().expect("nats-server starts again");
    // Who is asked whether it is ready gets no writes until it is.
    until("it is ready again, though nobody has written", async || {
        let asked = http().get(format!("{}/health/ready", world.url())).send().await;
        asked.is_ok_and(|answer| answer.status().is_success())
    })
    .await;
    // A 409 would tell of a write that was acknowledged to nobody, yet done: Entra would find it.
    until("writes are taken again", async || {
        let status = company.post("Users", &bob).await.status.as_u16();
        assert!([201, 409, 503].contains(&status), "{status}");
        status != 503
    })
    .await;
    company.disable(&ada).await;
    assert_eq!(company.employee(&ada).await["standing"], "former");
    let found = company.find("Users", r#"userName eq "bob@contoso.example""#).await;
    assert_eq!(found.body["totalResults"], 1);
    world.verb("log verify").await.ended(0);
}

#[tokio::test]
async fn without_postgres_scim_goes_on_and_the_read_api_catches_up_later() {
    let mut world = World::with_its_own_postgres().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    let postgres = world.postgres.as_mut().expect("this world has one");
    postgres.kill9();

    let bob = company.hire("Bob").await;
    company.scim(&format!("Users/{bob}")).await.answered(200);
    let refused = company.ask("employees").await.answered(503);
    assert!(refused.header("retry-after").parse::<u32>().is_ok(), "no Retry-After");
    assert_eq!(refused.header("content-type"), "application/problem+json");
    company.disable(&bob).await;

    postgres.restart().expect("Postgres starts again");
    until("the read API has caught up", async || {
        company.ask(&format!("employees/{bob}")).await.status.is_success()
    })
    .await;
    assert_eq!(company.employee(&bob).await["standing"], "former");
}
