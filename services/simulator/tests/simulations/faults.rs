//! The faults of a server that a comparison must find.

use serde_json::json;
use simulator::Simulation;

use crate::fake::{Fake, Store};
use crate::options;

/// Each of these is a way in which a server can be wrong; each must be found.
#[tokio::test]
async fn every_kind_of_fault_is_found() {
    type Fault = fn(&mut Store);
    let faults: [(&str, Fault); 9] = [
        ("at displayName and should have", |store| {
            let user = store.users.values_mut().next().unwrap();
            user.insert("displayName".into(), json!("Trimmed"));
        }),
        ("is not listed", |store| {
            let id = store.users.keys().next().unwrap().clone();
            store.users.remove(&id);
        }),
        ("is listed and is nobody", |store| {
            let stranger = json!({"userName": "stranger"}).as_object().unwrap().clone();
            store.create_user(stranger);
        }),
        ("lacks its member", |store| {
            store.members.pop_first();
        }),
        ("who is no member", |store| {
            let (group, _) = store.members.keys().next().unwrap().clone();
            let outsider = store
                .users
                .keys()
                .find(|u| !store.members.contains_key(&(group.clone(), (*u).clone())));
            let outsider = outsider.unwrap().clone();
            store.members.insert((group, outsider), 1);
        }),
        ("people never go missing", |store| {
            store.employees.pop_first();
        }),
        ("is Former and should be Active", |store| {
            store.employees.values_mut().next().unwrap().2 = false;
        }),
        ("joined", |store| {
            // Somebody with two teams, whose order is turned round.
            let users: Vec<_> = store.members.keys().map(|(_, user)| user.clone()).collect();
            let busy = users.iter().find(|u| users.iter().filter(|o| o == u).count() > 1).unwrap();
            for ((_, user), since) in &mut store.members {
                if user == busy {
                    *since = 1_000_000 - *since;
                }
            }
        }),
        ("as description and should have", |store| {
            let described = |group: &&mut serde_json::Map<_, _>| group.contains_key("description");
            store.groups.values_mut().find(described).unwrap().remove("description");
        }),
    ];
    for (sentence, fault) in faults {
        let fake = Fake::start().await;
        let mut simulation = Simulation::connect(&options(fake.target())).await.unwrap();
        simulation.job.cycle(&|_| {}).await.unwrap();
        assert_eq!(simulation.compare().await.unwrap(), vec![]);
        fake.store(fault);
        let differences = simulation.compare().await.unwrap();
        assert!(
            differences.iter().any(|difference| difference.what.contains(sentence)),
            "{sentence}: {differences:#?}"
        );
    }
}
