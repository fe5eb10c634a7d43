//! The services, each as a process of its own.

use kit::company::Company;
use kit::entra;
use kit::http::http;
use kit::program::{Program, rollcall};
use kit::servers::fresh_database;
use kit::visitor::Visitor;
use kit::wait::{found, until};
use kit::world::World;
use reqwest::Method;
use rollcall::projections::NAMES;

/// `ingest`, the three projections and `api` on a world's log, with a database of their own.
struct Roles {
    ingest: Program,
    api: Program,
    projections: Vec<Program>,
}

impl Roles {
    async fn beside(world: &World) -> Self {
        let (nats_url, database_url, public_url) =
            (world.nats.url(), fresh_database().await, world.url());
        let environment = [
            ("NATS_URL", nats_url.as_str()),
            ("DATABASE_URL", database_url.as_str()),
            ("ROLLCALL_PUBLIC_URL", public_url.as_str()),
            ("ROLLCALL_LOG", "json"),
        ];
        let start = |arguments: &[&str]| Program::start(arguments, &environment);
        let mut api = start(&["api", "--listen", "127.0.0.1:0"]);
        // It may be asked before its read models are there.
        api.expects("a read was not answered");
        Self {
            ingest: start(&["ingest", "--listen", "127.0.0.1:0", "--consistent-reads"]),
            api,
            projections: NAMES.map(|projection| start(&["project", projection])).into(),
        }
    }

    /// The same company, as these processes answer for it.
    async fn company(&self, mut company: Company) -> Company {
        let ingest = self.ingest.url().await;
        assert!(!company.scim_base_url.starts_with(&ingest), "{ingest} is the world's own");
        company.moved_to(&ingest);
        company.api_base_url = format!("{}/api/v1/{}", self.api.url().await, company.slug);
        company
    }
}

#[tokio::test]
async fn services_as_processes_of_their_own_give_the_same_answers() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    let sales = company.form("Sales", &[&ada, &bob]).await;
    company.disable(&bob).await;
    let scim = [
        "Users".to_owned(),
        "Groups".to_owned(),
        format!("Users/{ada}"),
        format!("Groups/{sales}"),
    ];
    let api = [
        "employees".to_owned(),
        "teams".to_owned(),
        "leavers".to_owned(),
        format!("employees/{ada}"),
        format!("teams/{sales}/members"),
    ];
    let mut expected = Vec::new();
    for path in &scim {
        expected.push(company.scim(path).await.answered(200).text);
    }
    for path in &api {
        expected.push(company.ask(path).await.answered(200).text);
    }

    let roles = Roles::beside(&world).await;
    let elsewhere = roles.company(company).await;
    let mut given = Vec::new();
    for path in &scim {
        given.push(elsewhere.scim(path).await.answered(200).text);
    }
    for path in &api {
        let answer =
            found("the read API knows the token, and its read models are there", async || {
                Some(elsewhere.ask(path).await).filter(|answer| answer.status.is_success())
            });
        given.push(answer.await.text);
    }
    assert_eq!(given, expected);
    for (role, metrics) in [
        (
            &roles.ingest,
            vec![
                r#"rollcall_http_request_duration_seconds_count{route="/scim/v2/{tenant}/Users/{id}",method="GET",status="200"} 1"#,
                "rollcall_append_events_count ",
                "rollcall_log_position ",
            ],
        ),
        (
            &roles.api,
            vec![
                r#"rollcall_http_request_duration_seconds_count{route="/api/v1/{tenant}/employees/{id}",method="GET",status="200"} 1"#,
            ],
        ),
        (
            &roles.projections[0],
            vec![
                r#"rollcall_projection_apply_seconds_count{projection="directory"} "#,
                r#"rollcall_projection_lag_events{projection="directory"} 0"#,
            ],
        ),
    ] {
        let metrics: Vec<_> = metrics.into_iter().chain(["rollcall_http_connections "]).collect();
        let url = format!("{}/metrics", role.url().await);
        // A request is counted when its answer has gone, and so after it was read.
        let text = found(&format!("there are {metrics:?}"), async || {
            let scrape = http().get(&url).send().await.expect("an answer");
            let text = scrape.text().await.expect("a text");
            let is_told = |metric: &&str| text.lines().any(|line| line.starts_with(metric));
            metrics.iter().all(is_told).then_some(text)
        })
        .await;
        assert!(text.ends_with("# EOF\n") && !text.contains("contoso"), "{text}");
    }
}

#[tokio::test]
async fn the_portal_as_a_process_of_its_own_shows_and_does_what_the_others_know() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    let (database_url, gateway) = (fresh_database().await, world.url());
    let environment = [
        ("NATS_URL", world.nats.url()),
        ("DATABASE_URL", database_url),
        ("ROLLCALL_PUBLIC_URL", gateway.clone()),
        ("ROLLCALL_LOG", "json".to_owned()),
    ];
    let environment: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let _projections =
        NAMES.map(|projection| Program::start(&["project", projection], &environment));
    let mut portal = Program::start(&["portal", "--listen", "127.0.0.1:0"], &environment);
    // It may be asked before its read models are there.
    portal.expects("a read was not answered");
    let at = portal.url().await;

    let invited =
        world.result("admin invite eve@contoso.example --role owner --tenant contoso").await;
    let link = invited["sign_in_url"].as_str().expect("a link").replacen(&gateway, &at, 1);
    let mut eve = Visitor::default();
    eve.send_form(&link, &[]).await;
    let cookie = eve.session(&at);
    let people = http().get(format!("{at}/t/contoso/people")).header("cookie", cookie);
    until("the people can be read", async || {
        let page = people.try_clone().expect("no body").send().await.expect("an answer");
        page.text().await.expect("a text").contains("Ada")
    })
    .await;
    let page = eve.open(&format!("{at}/t/contoso")).await.answered(200);
    let rotate = format!("{at}/t/contoso/integrations/rotate");
    let asked = eve.open(&rotate).await.answered(200);
    let fields = [("csrf", &*page.csrf()), ("credential", &asked.field("credential"))];
    let shown = eve.send_form(&rotate, &fields).await.answered(200);
    let shown = shown.saying(&format!("{gateway}/scim/v2/contoso"));
    let (_, secret) = shown.html.split_once("rcs_").expect("a secret token");
    let secret = format!("rcs_{}", secret.split('"').next().unwrap_or_default());
    let asked = http().get(format!("{gateway}/scim/v2/contoso/Users")).bearer_auth(&secret);
    until("the gateway knows the new token", async || {
        asked.try_clone().expect("no body").send().await.expect("an answer").status().is_success()
    })
    .await;

    // Invited at the portal's own page, somebody is sent to the portal.
    let invite = format!("{at}/t/contoso/administrators/invite");
    let fields = [("csrf", &*page.csrf()), ("email", "bob@contoso.example"), ("role", "viewer")];
    eve.send_form(&invite, &fields).await.answered(200).saying(&format!("{at}/sign-in/link/"));
    let nothing = http().get(format!("{at}/scim/v2/contoso/Users")).bearer_auth(&secret);
    assert_eq!(nothing.send().await.expect("an answer").status(), 404, "it serves pages alone");
}

#[tokio::test]
async fn two_gateways_on_one_log_see_each_others_writes_and_keep_names_unique() {
    let world = World::new().await;
    let company = world.contoso().await;
    let roles = Roles::beside(&world).await;
    let issued = world.result("token issue --tenant contoso --scope all").await;
    let there = Company::new(&world.url(), "contoso", &company.secret_token, &issued);
    let there = roles.company(there).await;
    for round in 0..10 {
        let ada = company.hire(&format!("Ada{round}")).await;
        there.scim(&format!("Users/{ada}")).await.answered(200);
        let login = format!("ada{round}@contoso.example");
        let namesake = entra::workplace_user(&login, "Ada", "object of another Ada");
        there.post("Users", &namesake).await.refused(409, Some("uniqueness"));
    }
    // Both at once: one of two gets the name.
    for round in 0..10 {
        let user = |side: &str| {
            let login = format!("bob{round}@contoso.example");
            entra::workplace_user(&login, "Bob", &format!("object of {side} Bob {round}"))
        };
        let (one, other) = (user("one"), user("the other"));
        let (one, other) = tokio::join!(company.post("Users", &one), there.post("Users", &other));
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{} and {}", one.text, other.text);
    }
    let all = there.scim_request(Method::GET, "Users?count=0").bearer_auth(&there.secret_token);
    assert_eq!(there.send(all).await.answered(200).body["totalResults"], 20);
    world.verb("log verify").await.ended(0);
}

#[tokio::test]
async fn with_consistent_reads_a_revoked_token_opens_no_other_process_from_the_next_request_on() {
    let world = World::new().await;
    let company = world.contoso().await;
    let roles = Roles::beside(&world).await;
    let url = format!("{}/api/v1/contoso/teams", roles.ingest.url().await);
    // Thirty wrong tokens in a minute are too many.
    for round in 0..25 {
        let issued = world.result("token issue --tenant contoso --scope all").await;
        let (token, id) = (&issued["api_token"], &issued["credential_id"]);
        let (token, id) = (token.as_str().expect("a token"), id.as_str().expect("an id"));
        let command = async |name: &str| {
            let name = serde_json::json!({ "name": format!("{name} {round}") });
            let asked = http().post(&url).bearer_auth(token).json(&name).send().await;
            asked.expect("an answer").status().as_u16()
        };
        assert_eq!(command("Climbers").await, 201);
        company.scim("Users").await.answered(200);
        world.verb(&format!("token revoke {id} --tenant contoso")).await.ended(0);
        assert_eq!(command("Runners").await, 401, "round {round}");
    }
}

#[tokio::test]
async fn with_consistent_reads_a_revoked_token_reads_nothing_however_far_the_directory_is_behind() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.ask("employees").await.answered(200);
    let (nats_url, database_url) = (world.nats.url(), world.database_url.clone());
    let environment = [
        ("NATS_URL", nats_url.as_str()),
        ("DATABASE_URL", database_url.as_str()),
        ("ROLLCALL_LOG", "json"),
    ];
    let start = |more: &[&str]| {
        Program::start(&[&["api", "--listen", "127.0.0.1:0"], more].concat(), &environment)
    };
    let (consistent, other) = (start(&["--consistent-reads"]), start(&[]));
    let status = async |program: &Program| {
        let url = format!("{}/api/v1/contoso/employees", program.url().await);
        let asked = http().get(url).bearer_auth(&company.api_token).send().await;
        asked.expect("an answer").status().as_u16()
    };
    for program in [&consistent, &other] {
        until("it reads", async || status(program).await == 200).await;
    }

    // Nobody writes to the directory while this lasts; everybody reads.
    let client = kit::tables::connect(&database_url).await;
    client
        .batch_execute("BEGIN; LOCK directory.checkpoint IN EXCLUSIVE MODE")
        .await
        .expect("a lock");
    let credential = company.administrator.trim_start_matches("credential:");
    world.verb(&format!("token revoke {credential} --tenant contoso")).await.ended(0);
    assert_eq!(status(&consistent).await, 401);
    company.ask("employees").await.answered(401);
    assert_eq!(status(&other).await, 200, "the directory was not behind");
    client.batch_execute("ROLLBACK").await.expect("no lock");
    until("the other has learnt of it", async || status(&other).await == 401).await;
}

#[tokio::test]
async fn the_read_api_needs_to_know_where_the_log_is() {
    let environment = [("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none")];
    let ended = rollcall(&["api"], &environment).output().await;
    let ended = ended.expect("the program starts");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(said.contains("--nats-url"), "{said}");
}
