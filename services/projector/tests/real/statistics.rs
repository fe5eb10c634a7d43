//! What Postgres knows of the rows.

use kit::servers::until;

use crate::scopes::Story;

async fn knows(story: &Story, tenant: &str) -> bool {
    let client = story.database.pool().get().await.expect("a connection");
    let question = "SELECT EXISTS (
        SELECT FROM pg_stats WHERE schemaname = 'names' AND attname = 'tenant'
            AND $1 = ANY (most_common_vals::text::text[])
    )";
    client.query_one(question, &[&tenant]).await.expect("an answer").get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_has_just_arrived_is_known_to_postgres() {
    let mut story = Story::without_events().await;
    story.named("acme", uuid::Uuid::from_u128(1), "Ada").await;
    story.live_is_level().await;
    // Its own housekeeping would come to it, sooner or later.
    story.sql("ALTER TABLE names.names SET (autovacuum_enabled = false)").await;
    for tenant in ["acme", "zeta"] {
        for number in 0..300 {
            story.named(tenant, uuid::Uuid::from_u128(number), "Somebody").await;
        }
        story.live_is_level().await;
        until("Postgres knows the tenant", async || knows(&story, tenant).await).await;
    }
}
