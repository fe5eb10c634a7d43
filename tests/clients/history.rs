//! What has happened before anybody asks: people, teams, a leaver with bookings, alerts of each kind.

use kit::company::{Company, User};
use kit::wait::until;
use kit::world::World;

pub(crate) struct History {
    pub(crate) world: World,
    pub(crate) company: Company,
    /// Active, in Sales.
    pub(crate) ada: User,
    /// A synced team.
    pub(crate) sales: String,
    /// Former.
    pub(crate) zoe: User,
}

impl History {
    pub(crate) async fn new() -> Self {
        let world = World::new().await;
        let company = world.contoso().await;
        let set = "guard set --tenant contoso --deactivations 2 --percent 1";
        world.verb(set).await.ended(0);
        let ada = company.hire("Ada").await;
        let sales = company.form("Sales", &[&ada]).await;
        let mut crowd = Vec::new();
        for number in 0..5 {
            crowd.push(company.hire(&format!("Person{number}")).await);
        }
        let group = company.form("Crowd", &crowd.iter().collect::<Vec<_>>()).await;
        company.delete(&format!("Groups/{group}")).await.answered(204);
        let zoe = company.hire("Zoe").await;
        company.disable(&zoe).await;
        company.disable(&crowd[0]).await;
        // Whoever asks from now on sees all of it, in whichever read model it is, and in the feed.
        for path in ["employees", "teams", "leavers"] {
            company.ask(path).await.answered(200);
        }
        until("all of it is told to applications", async || {
            let told = company.ask_now("events?types=employee.left&limit=500").await;
            told.status == 200 && told.body.as_array().map(Vec::len) == Some(2)
        })
        .await;
        let alerts = company.ask("alerts").await.answered(200).body;
        assert_eq!(alerts["alerts"].as_array().map(Vec::len), Some(2), "{alerts}");
        Self { world, company, ada, sales, zoe }
    }
}
