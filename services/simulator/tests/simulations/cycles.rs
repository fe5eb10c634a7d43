//! Whole simulations, and how Entra sounds on the wire.

use std::sync::atomic::Ordering;
use std::time::Duration;

use simulator::{
    Bookings, Dialect, Mapping, Matching, Options, Outcome, Simulation, SimulatorError, Source,
    Target, generate, run,
};

use crate::fake::Fake;
use crate::options;

async fn simulate(options: Options) -> Outcome {
    run(options, &|_| {}).await.unwrap()
}

fn assert_clean(outcome: &Outcome) {
    let failures: Vec<_> = outcome.cycles.iter().flat_map(|cycle| &cycle.failures).collect();
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(outcome.differences.is_empty(), "{}", outcome.table());
    assert!(outcome.compared);
}

#[tokio::test]
async fn a_faithful_server_shows_no_difference_in_either_mapping_or_dialect() {
    for mapping in [Mapping::Workplace, Mapping::Benefits] {
        for dialect in [Dialect::Default, Dialect::Flagged] {
            let fake = Fake::start().await;
            let outcome = simulate(Options { mapping, dialect, ..options(fake.target()) }).await;
            assert_clean(&outcome);
            assert_eq!(outcome.cycles.len(), 7);
            assert_eq!(outcome.cycles[0].people.created, 60);
            assert!(outcome.cycles.iter().any(|cycle| cycle.people.deleted > 0));
            assert!(outcome.cycles.iter().any(|cycle| cycle.people.restored > 0));
        }
    }
}

#[tokio::test]
async fn lost_answers_and_an_ill_server_leave_no_trace() {
    for seed in 1..3 {
        let fake = Fake::start().await;
        fake.shared.ill_every.store(13, Ordering::Relaxed);
        let outcome = simulate(Options { lost_answers: 0.3, seed, ..options(fake.target()) }).await;
        assert_clean(&outcome);
        assert!(outcome.lost_answers > 100, "{} were lost", outcome.lost_answers);
        assert!(outcome.retries > outcome.lost_answers);
    }
}

#[tokio::test]
async fn a_second_run_on_the_same_tenant_finds_everybody_again() {
    for mapping in [Mapping::Workplace, Mapping::Benefits] {
        let fake = Fake::start().await;
        for _ in 0..3 {
            assert_clean(&simulate(Options { mapping, ..options(fake.target()) }).await);
        }
        let other = Source::Generated { people: 30, groups: 6, seed: 2 };
        let outcome = simulate(Options {
            mapping,
            directory: other,
            seed: 2,
            dialect: Dialect::Flagged,
            ..options(fake.target())
        })
        .await;
        assert_clean(&outcome);
    }
}

#[tokio::test]
async fn matching_by_user_name_alone_works_on_an_empty_tenant() {
    let fake = Fake::start().await;
    let matching = vec![Matching::UserName];
    assert_clean(&simulate(Options { matching, ..options(fake.target()) }).await);
}

#[tokio::test]
async fn client_credentials_are_used_until_they_end_and_asked_for_again() {
    let fake = Fake::start().await;
    let mut simulation =
        Simulation::connect(&options(fake.with_client_credentials())).await.unwrap();
    simulation.job.cycle(&|_| {}).await.unwrap();
    assert_eq!(fake.shared.tokens.load(Ordering::Relaxed), 1, "one token serves a whole cycle");
    // The server forgets the token, as after its end: the next request is answered with 401.
    fake.shared.tokens.store(7, Ordering::Relaxed);
    simulation.job.cycle(&|_| {}).await.unwrap();
    assert_eq!(fake.shared.tokens.load(Ordering::Relaxed), 8);
}

#[tokio::test]
async fn a_wrong_token_is_said_to_be_wrong_and_never_shown() {
    let fake = Fake::start().await;
    let auth = simulator::Auth::SecretToken("wrong-and-secret".into());
    let options = options(Target { auth, ..fake.target() });
    assert!(!format!("{options:?}").contains("wrong-and-secret"));
    let error = Simulation::connect(&options).await.unwrap_err();
    let SimulatorError::Probe(probe) = error else { panic!("{error}") };
    assert_eq!(
        probe.to_string(),
        "GET /Users was answered 401 Unauthorized; check the token or the client credentials"
    );
}

#[tokio::test]
async fn requests_look_like_entras() {
    let fake = Fake::start().await;
    let mut company = generate(30, 4, 1);
    company.people.values_mut().next().unwrap().user_principal_name =
        "o'neil+test@contoso.com".into();
    let directory = Source::Given(company);
    simulate(Options { directory, cycles: 2, ..options(fake.target()) }).await;
    let received = fake.received();
    let probe = &received[0].line;
    assert!(probe.starts_with("GET /scim/v2/acme/Users?filter=externalId+eq+%22"), "{probe}");
    let probe = &received[1].line;
    assert!(
        probe.starts_with(
            "GET /scim/v2/acme/Groups?excludedAttributes=members&filter=displayName+eq+%22"
        ),
        "{probe}"
    );
    for request in received.iter().filter(|request| request.line.contains("/scim/")) {
        let header = |name: &str| request.headers.iter().find(|line| line.starts_with(name));
        assert_eq!(header("user-agent"), None);
        assert_eq!(header("accept"), None);
        let is_write = !request.line.starts_with("GET") && !request.line.starts_with("DELETE");
        let content_type = header("content-type").map(String::as_str);
        let expected = is_write.then_some("content-type: application/scim+json; charset=utf-8");
        assert_eq!(content_type, expected, "{}", request.line);
        assert!(!request.line.starts_with("PUT"));
    }
    let odd = "userName+eq+%22o%27neil%2Btest%40contoso.com%22";
    assert!(
        received.iter().any(|request| request.line.contains(odd)),
        "the odd name was not found"
    );
    let members =
        received.iter().filter(|request| request.body["Operations"][0]["path"] == "members");
    for request in members {
        assert_eq!(request.body["Operations"].as_array().unwrap().len(), 1);
        assert_eq!(request.body["Operations"][0]["value"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_quiet_cycle_asks_for_nothing_but_the_probes() {
    let fake = Fake::start().await;
    let mut simulation = Simulation::connect(&options(fake.target())).await.unwrap();
    simulation.job.cycle(&|_| {}).await.unwrap();
    let before = fake.received().len();
    let quiet = simulation.job.cycle(&|_| {}).await.unwrap();
    assert_eq!(fake.received().len(), before + 2);
    assert_eq!(quiet.people, simulator::ActionCounts::default());
}

#[tokio::test]
async fn a_resource_that_vanished_over_there_is_created_again() {
    let fake = Fake::start().await;
    let mut simulation = Simulation::connect(&options(fake.target())).await.unwrap();
    simulation.job.cycle(&|_| {}).await.unwrap();
    let ada = *simulation.job.directory.people.keys().next().unwrap();
    let before = simulation.job.user_resource(ada).unwrap().to_owned();
    fake.store(|store| store.delete_user(&before));
    simulation.job.directory.people.get_mut(&ada).unwrap().display_name = "Ada again".into();
    let cycle = simulation.job.cycle(&|_| {}).await.unwrap();
    assert_eq!(cycle.people.created, 1);
    assert_ne!(simulation.job.user_resource(ada), Some(before.as_str()));
    assert_eq!(simulation.compare().await.unwrap(), vec![]);
}

#[tokio::test]
async fn a_restarted_job_matches_everybody_and_writes_nothing() {
    let fake = Fake::start().await;
    let mut simulation = Simulation::connect(&options(fake.target())).await.unwrap();
    simulation.job.cycle(&|_| {}).await.unwrap();
    let before = fake.store(|store| store.users.clone());
    simulation.job.restart();
    let again = simulation.job.cycle(&|_| {}).await.unwrap();
    assert_eq!((again.people.created, again.people.matched), (0, 60));
    assert_eq!(fake.store(|store| store.users.clone()), before);
    assert_eq!(simulation.compare().await.unwrap(), vec![]);
}

#[tokio::test]
async fn bookings_are_recorded_one_by_one_and_by_import() {
    let fake = Fake::start().await;
    let api = fake.target().api.unwrap();
    let bookings = Some(Bookings { api, per_person: 2 });
    let outcome = simulate(Options { bookings, cycles: 0, ..options(fake.target()) }).await;
    assert_eq!(outcome.bookings, 120);
    let puts = fake.received().iter().filter(|request| request.line.starts_with("PUT")).count();
    assert_eq!(puts, 60);
}

#[tokio::test]
async fn an_unreachable_server_is_given_up_when_patience_ends() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let target = Target {
        scim_base_url: format!("http://{nobody}/scim/v2/acme"),
        auth: simulator::Auth::SecretToken("t".into()),
        api: None,
    };
    let options = Options { retry_timeout: Duration::from_millis(300), ..options(target) };
    let error = Simulation::connect(&options).await.unwrap_err();
    let SimulatorError::Probe(probe) = error else { panic!("{error}") };
    assert!(probe.to_string().starts_with("GET /scim/v2/acme/Users got no answer in"), "{probe}");
}
