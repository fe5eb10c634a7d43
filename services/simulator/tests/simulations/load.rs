//! The load generator.

use std::time::Duration;

use simulator::{Pace, Simulation, Work, load};

use crate::fake::{Fake, Store};
use crate::options;

#[tokio::test]
async fn the_load_generator_creates_patches_and_reads_at_either_pace() {
    let fake = Fake::start().await;
    let simulation = Simulation::connect(&options(fake.target())).await.unwrap();
    let client = simulation.job.client();
    let creates = load(client, &Work::Creates { people: 40 }, Pace::InFlight(8), 3).await.unwrap();
    assert_eq!((creates.done.len(), fake.store(|store| store.users.len())), (40, 40));
    let resources: Vec<_> = creates.done.into_iter().map(|done| done.resource).collect();
    let work = Work::Patches { resources: resources.clone(), number: 50 };
    let patched = load(client, &work, Pace::PerSecond(500), 3).await.unwrap();
    assert!(
        patched.took >= Duration::from_millis(98),
        "50 at 500 a second took {:?}",
        patched.took
    );
    let renamed = |store: &mut Store| {
        let names = store.users.values().map(|user| user["displayName"].as_str().unwrap());
        names.filter(|name| name.starts_with("Renamed 3.")).count()
    };
    assert_eq!(fake.store(renamed), 40);
    let gets = Work::Gets { resources, number: 10 };
    assert_eq!(load(client, &gets, Pace::InFlight(1), 3).await.unwrap().done.len(), 10);
}
