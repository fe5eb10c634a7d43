//! Webhooks of the running program, as receivers and operators see them.

use std::collections::BTreeSet;
use std::process::Stdio;

use kit::company::Company;
use kit::python::{self, example};
use kit::receiver::Receiver;
use kit::visitor::Visitor;
use kit::wait::{DEADLINE, blocking, found, until};
use kit::world::World;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A world whose program may send webhooks to this machine.
async fn world() -> World {
    World::set(vec![("ROLLCALL_ALLOW_PRIVATE_WEBHOOKS", "true".to_owned())]).await
}

/// What receivers want here: not which of them have acknowledged a departure.
const FACTS: &str = "employee.joined,employee.changed,employee.left,employee.returned";

async fn add(world: &World, name: &str, url: &str) -> Value {
    let line = format!(
        "subscriber add {name} --tenant contoso --door webhook --webhook-url {url} --facts {FACTS}"
    );
    world.result(&line).await
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{value} has no {name}")).to_owned()
}

/// Who a person of SCIM is to applications.
async fn employee_id(company: &Company, user: &str) -> String {
    text(&company.employee(user).await, "id")
}

fn types(receiver: &Receiver) -> Vec<String> {
    let all = receiver.received();
    all.iter().map(|one| text(&one.event(), "type").replace("rollcall.", "")).collect()
}

#[tokio::test]
async fn a_receiver_is_told_who_joins_and_leaves() {
    let (world, receiver) = (world().await, Receiver::start().await);
    let company = world.contoso().await;
    add(&world, "crm", &receiver.url).await;
    let ada = company.hire("ada").await;
    company.disable(&ada).await;
    receiver.got(2).await;
    assert_eq!(types(&receiver), ["employee.joined", "employee.left"]);
    let left = receiver.received().remove(1).event();
    assert_eq!(left["data"]["employee"]["standing"], "former");
    assert_eq!(text(&left, "subject"), employee_id(&company, &ada).await);
}

#[tokio::test]
async fn after_the_program_was_killed_each_event_comes_in_order_with_the_id_that_it_had() {
    let (mut world, receiver) = (world().await, Receiver::start().await);
    let mut company = world.contoso().await;
    add(&world, "crm", &receiver.url).await;
    let mut people = vec![];
    for round in 0..3 {
        for number in 0..10 {
            people.push(company.hire(&format!("p{round}-{number}")).await);
        }
        company.disable(&people[round * 10]).await;
        receiver.got(round * 11 + 3).await;
        world.program.kill9().await;
        world.start_again().await;
        company.moved_to(&world.url());
    }
    let ids = || receiver.ids().into_iter().collect::<BTreeSet<_>>();
    until("all have come", async || ids().len() == 33).await;
    let ada = employee_id(&company, &people[0]).await;
    let mut hers = receiver.received();
    hers.retain(|received| received.about() == ada);
    let mut seen = BTreeSet::new();
    hers.retain(|received| seen.insert(received.id()));
    let kinds: Vec<_> = hers.iter().map(|received| text(&received.event(), "type")).collect();
    assert_eq!(kinds, ["rollcall.employee.joined", "rollcall.employee.left"]);
}

#[tokio::test]
async fn a_receiver_that_sleeps_holds_back_neither_scim_nor_another() {
    let (world, sleeper, other) = (world().await, Receiver::start().await, Receiver::start().await);
    let company = world.contoso().await;
    sleeper.sleep(true);
    add(&world, "sleeper", &sleeper.url).await;
    add(&world, "other", &other.url).await;
    for number in 0..30 {
        company.hire(&format!("p{number}")).await;
    }
    other.got(30).await;
    // What waited too long for its answer comes again.
    let got = || sleeper.ids().into_iter().collect::<BTreeSet<_>>().len();
    assert!(got() <= 8, "{}", got());
    sleeper.sleep(false);
    until("the sleeper has all", async || got() == 30).await;
}

#[tokio::test]
async fn a_receiver_that_wants_no_more_is_disabled_and_the_operator_is_told_why() {
    let (mut world, receiver) = (world().await, Receiver::start().await);
    world.expects("a subscriber was disabled");
    let company = world.contoso().await;
    receiver.answer(|_| (410, None));
    add(&world, "crm", &receiver.url).await;
    company.hire("ada").await;
    let disabled = found("it is disabled", async || {
        let shown = world.result("subscriber show crm --tenant contoso").await;
        shown["disabled"].is_object().then(|| shown["disabled"].clone())
    })
    .await;
    assert_eq!(disabled["by_itself"], true);
    assert!(text(&disabled, "reason").contains("410"), "{disabled}");
    receiver.answer(|_| (204, None));
    world.result("subscriber enable crm --tenant contoso").await;
    receiver.got(2).await;
    assert_eq!(receiver.ids()[0], receiver.ids()[1]);
}

async fn webhook_of(world: &World, name: &str) -> Option<Value> {
    let listed = world.verb("subscribers --tenant contoso").await.ended(0).listed("subscribers");
    let mut own = listed.into_iter().filter(|one| one["name"] == name);
    own.next().map(|one| one["webhook"].clone()).filter(Value::is_object)
}

#[tokio::test]
async fn what_is_given_up_is_a_dead_letter_that_an_operator_sends_again() {
    let patience = ("ROLLCALL_WEBHOOK_HOURS", "0.0005".to_owned());
    let here = ("ROLLCALL_ALLOW_PRIVATE_WEBHOOKS", "true".to_owned());
    let (world, receiver) = (World::set(vec![patience, here]).await, Receiver::start().await);
    let company = world.contoso().await;
    receiver.answer(|received| {
        let joined = received.event()["type"] == "rollcall.employee.joined";
        (if joined { 422 } else { 204 }, None)
    });
    add(&world, "crm", &receiver.url).await;
    let ada = company.hire("ada").await;
    company.disable(&ada).await;
    let letters = found("they are given up", async || {
        let listed = world.verb("subscriber dead-letters crm --tenant contoso").await.ended(0);
        Some(listed.listed("dead-letters")).filter(|letters| !letters.is_empty())
    })
    .await;
    assert_eq!((letters.len(), &letters[0]["cause"]), (1, &"422".into()));
    let about = format!("employee.{}", employee_id(&company, &ada).await);
    assert_eq!(text(&letters[0], "about"), about);
    let last_is = async |kind: &str| types(&receiver).last().is_some_and(|last| last == kind);
    until("what came after it has arrived", async || last_is("employee.left").await).await;
    let stands = found("it stands well", async || {
        let stands = webhook_of(&world, "crm").await;
        stands.filter(|one| one["oldest_at"].is_null() && one["last_failure"].is_null())
    })
    .await;
    assert_eq!(stands["dead_letters"], 1);
    assert_eq!(stands["state"], "delivering");

    receiver.answer(|_| (204, None));
    let none = "subscriber resend crm --tenant contoso --position 999999";
    let refused = world.verb(none).await.ended(1);
    assert!(refused.stderr.contains("none of these is a dead letter"), "{}", refused.stderr);
    let resent = world.result("subscriber resend crm --tenant contoso --all").await;
    assert_eq!(resent["resent"], 1);
    until("it comes again", async || last_is("employee.joined").await).await;
    found("it is a dead letter no more", async || {
        webhook_of(&world, "crm").await.filter(|stands| stands["dead_letters"] == 0)
    })
    .await;
}

#[tokio::test]
async fn a_receiver_on_this_machine_or_in_a_private_network_is_refused_unless_that_is_allowed() {
    let world = World::new().await;
    world.contoso().await;
    add(&world, "crm", "https://crm.example/hooks").await;
    let (mut owner, page) = Visitor::administrator(&world, "contoso", "owner").await;
    let operations = format!("{}/t/contoso/operations", world.url());
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.1.1"]
    {
        let url = format!("https://{host}:8443/hooks");
        for line in [
            format!("add here --door webhook --webhook-url {url}"),
            format!("change crm --webhook-url {url}"),
        ] {
            let refused = world.verb(&format!("subscriber {line} --tenant contoso")).await.ended(2);
            assert!(refused.stderr.contains("private network"), "{url}: {}", refused.stderr);
        }
        let fields =
            [("csrf", &*page.csrf()), ("name", "here"), ("door", "webhook"), ("url", &*url)];
        let seen = owner.send_form(&format!("{operations}/subscribers/add"), &fields).await;
        seen.saying("private network");
    }
    let listed = world.verb("subscribers --tenant contoso").await.ended(0).listed("subscribers");
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(listed[0]["name"], "crm");
}

/// `deploy/examples/webhook_receiver.py`, running.
struct Example {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Example {
    async fn with(secret: &str, port: u16) -> Self {
        let requirements = example("requirements-webhooks.txt");
        let packages = blocking(move || python::packages(&requirements)).await;
        let mut child = Command::new("python3")
            .arg(example("webhook_receiver.py"))
            .env("PYTHONPATH", packages)
            .env("WEBHOOK_SECRET", secret)
            .env("PORT", port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("python3 is there, as README asks");
        let stdout = child.stdout.take().expect("its standard output is ours");
        Self { _child: child, lines: BufReader::new(stdout).lines() }
    }

    async fn next(&mut self) -> Value {
        let line = tokio::time::timeout(DEADLINE, self.lines.next_line()).await;
        let line = line.expect("the example hears of nothing any more");
        let line = line.expect("its output is text").expect("the example goes on");
        serde_json::from_str(&line).expect("it prints JSON")
    }
}

#[tokio::test]
async fn the_public_library_verifies_what_is_signed_also_while_the_secret_is_replaced() {
    let world = world().await;
    let company = world.contoso().await;
    let port = kit::service::free_port();
    let added = add(&world, "crm", &format!("http://127.0.0.1:{port}/")).await;
    let mut example = Example::with(&text(&added, "secret"), port).await;
    assert_eq!(example.next().await["listening"], port);
    let ada = company.hire("ada").await;
    let joined = example.next().await;
    assert_eq!(
        (&joined["type"], &joined["active"]),
        (&"rollcall.employee.joined".into(), &1.into())
    );

    let rotated = world.result("subscriber rotate crm --tenant contoso").await;
    company.disable(&ada).await;
    let left = example.next().await;
    assert_eq!((&left["type"], &left["active"]), (&"rollcall.employee.left".into(), &0.into()));
    drop(example);

    let mut example = Example::with(&text(&rotated, "secret"), port).await;
    assert_eq!(example.next().await["listening"], port);
    let withdrawn = text(&added, "secret_id");
    world.result(&format!("subscriber withdraw crm --secret {withdrawn} --tenant contoso")).await;
    company.restore(&ada).await;
    let mut told = example.next().await;
    if told["type"] == "rollcall.employee.left" {
        // The example before was ended when it had printed that, perhaps before it had answered.
        told = example.next().await;
    }
    assert_eq!(told["type"], "rollcall.employee.returned");
}
