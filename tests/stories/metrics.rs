//! What Prometheus is given, and what it is told to watch.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kit::http::{Answer, http};
use kit::program::Program;
use kit::servers::fresh_database;
use kit::skip::skipped;
use kit::wait::until;
use kit::world::World;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("the file is there")
}

/// All names of ours in a text, without what a histogram adds to its own.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours = words.filter(|word| word.starts_with("rollcall_") && !word.ends_with('_'));
    let name = |word: &str| {
        let suffixes = ["_bucket", "_count", "_sum", "_total"];
        let bare = suffixes.into_iter().find_map(|suffix| word.strip_suffix(suffix));
        bare.unwrap_or(word).to_owned()
    };
    ours.filter(|word| *word != "rollcall_reader").map(name).collect()
}

/// The metrics that are explained in the README.
fn listed() -> BTreeSet<String> {
    let readme = read("services/web/README.md");
    let rows = readme.lines().filter(|line| line.starts_with("| `rollcall_"));
    rows.flat_map(|row| names(row.split('|').nth(1).unwrap_or_default())).collect()
}

/// The text in the older format, which promtool reads: there, a counter's family has its suffix.
fn with_suffixes(text: &str) -> String {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let counters = types.filter_map(|line| line.strip_suffix(" counter"));
    counters.fold(text.to_owned(), |text, name| {
        let before = ["HELP", "TYPE"].map(|what| format!("# {what} {name} "));
        let after = ["HELP", "TYPE"].map(|what| format!("# {what} {name}_total "));
        text.replace(&before[0], &after[0]).replace(&before[1], &after[1])
    })
}

/// Whether promtool finds nothing wrong; `None`, where there is none.
fn promtool(arguments: &[&str], input: &str) -> Option<Result<(), String>> {
    let mut command = Command::new("promtool");
    command.args(arguments).current_dir(root().join("deploy/prometheus"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().ok()?;
    let mut stdin = child.stdin.take().expect("its input is ours");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let done = child.wait_with_output().expect("it ends");
    let said = [done.stdout, done.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    Some(if done.status.success() { Ok(()) } else { Err(said) })
}

#[tokio::test]
async fn every_metric_of_every_role_is_explained_and_pleases_promtool() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    let (nats_url, database_url) = (world.nats.url(), fresh_database().await);
    let environment = [
        ("NATS_URL", nats_url.as_str()),
        ("DATABASE_URL", database_url.as_str()),
        ("ROLLCALL_LOG", "json"),
    ];
    let start = |arguments: &[&str]| Program::start(arguments, &environment);
    let roles = [
        start(&["ingest", "--listen", "127.0.0.1:0"]),
        start(&["project", "directory"]),
        start(&["api", "--listen", "127.0.0.1:0"]),
        start(&["operate", "--listen", "127.0.0.1:0"]),
    ];
    let mut urls = vec![world.url()];
    for role in &roles {
        urls.push(role.url().await);
    }
    let scrape = async |url: &str| {
        let text = Answer::to(http().get(format!("{url}/metrics"))).await.answered(200).text;
        assert!(text.ends_with("# EOF\n"), "{text}");
        text
    };
    until("the slots were looked at", async || {
        scrape(&urls[0])
            .await
            .contains("rollcall_slot_position{projection=\"teams\",slot=\"live\"}")
    })
    .await;
    let explained = listed();
    let mut shown = BTreeSet::new();
    for url in &urls {
        let text = scrape(url).await;
        let families: BTreeSet<String> = names(
            &text.lines().filter(|line| line.starts_with("# TYPE")).collect::<Vec<_>>().join("\n"),
        );
        let unexplained: Vec<_> = families.difference(&explained).collect();
        assert!(unexplained.is_empty(), "not in services/web/README.md: {unexplained:?}");
        shown.extend(families);
        assert!(!text.contains("contoso") && !text.contains("Ada"), "{text}");
        match promtool(&["check", "metrics"], &with_suffixes(&text)) {
            Some(checked) => checked.unwrap_or_else(|said| panic!("{url}: {said}\n{text}")),
            None => skipped("promtool check metrics", "there is no promtool (Debian: prometheus)"),
        }
    }
    assert!(shown.contains("rollcall_slot_heartbeat_age_seconds"), "{shown:?}");
    assert!(shown.contains("rollcall_holds_open"), "{shown:?}");
    assert!(shown.contains("rollcall_entra_last_request_seconds"), "{shown:?}");
}

/// The directory that has asked for something is the one whose silence is counted, by the tenant's id.
#[tokio::test]
async fn how_long_a_directory_is_silent_is_told_by_the_tenants_id() {
    let world = World::new().await;
    world.company("globex", "workplace").await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    let listed = world.result("tenant list").await;
    let tenants = listed["tenants"].as_array().expect("tenants");
    let id = |slug: &str| {
        let tenant = tenants.iter().find(|tenant| tenant["tenant"] == slug);
        tenant.and_then(|tenant| tenant["tenant_id"].as_str()).expect("an id").to_owned()
    };
    let age = async |slug: &str| {
        let line = format!("rollcall_entra_last_request_seconds{{tenant=\"{}\"}} ", id(slug));
        let text = Answer::to(http().get(format!("{}/metrics", world.url()))).await.text;
        let age = text.lines().find_map(|text| text.strip_prefix(&line)?.parse::<f64>().ok());
        age.unwrap_or_else(|| panic!("nothing about {slug}:\n{text}"))
    };
    let (first, before) = (age("contoso").await, age("globex").await);
    until("both are silent for longer", async || {
        age("contoso").await > first && age("globex").await > before + 0.2
    })
    .await;
    company.scim("Users").await.answered(200);
    assert!(age("contoso").await < age("globex").await, "only one of them asked");
    world.verb("integration deactivate --tenant globex").await.ended(0);
    let text = Answer::to(http().get(format!("{}/metrics", world.url()))).await.text;
    assert!(!text.contains(&id("globex")), "nothing is expected of it: {text}");
}

/// What a program tells of the silence of the only directory.
async fn silence(world: &World) -> Option<f64> {
    let text = Answer::to(http().get(format!("{}/metrics", world.url()))).await.text;
    let mut lines = text.lines();
    let line = lines.find(|line| line.starts_with("rollcall_entra_last_request_seconds{"))?;
    line.rsplit_once(' ')?.1.parse().ok()
}

#[tokio::test]
async fn a_silence_goes_on_over_a_restart() {
    let mut world = World::new().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    let heard = std::time::Instant::now();
    world.program.stop().await;
    world.start_again().await;
    let silent = heard.elapsed().as_secs_f64();
    until("it is told", async || silence(&world).await.is_some()).await;
    assert!(silence(&world).await >= Some(silent), "{silent}");
}

#[test]
fn rules_and_dashboard_name_metrics_that_there_are() {
    let explained = listed();
    for path in ["deploy/prometheus/rollcall-rules.yml", "deploy/grafana/rollcall.json"] {
        let text = read(path);
        let named = names(&text);
        assert!(named.len() > 8, "{path}: {named:?}");
        let unknown: Vec<_> = named.difference(&explained).collect();
        assert!(
            unknown.is_empty(),
            "{path} names {unknown:?}, which services/web/README.md does not"
        );
    }
    let dashboard: Value =
        serde_json::from_str(&read("deploy/grafana/rollcall.json")).expect("the dashboard is JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        let explained = panel["description"].as_str().is_some_and(|text| !text.is_empty());
        assert!(explained, "{} is not explained", panel["title"]);
    }
    assert!(panels.iter().any(|panel| panel["repeat"] == "projection"), "no lane per projection");
}

#[test]
fn the_alert_rules_fire_when_they_should_and_say_what_to_run() {
    let rules = read("deploy/prometheus/rollcall-rules.yml");
    let summaries = rules.lines().filter(|line| line.trim_start().starts_with("summary:"));
    for summary in summaries {
        assert!(summary.contains("`rollcall "), "it does not say what to run: {summary}");
    }
    for arguments in
        [["check", "rules", "rollcall-rules.yml"], ["test", "rules", "rollcall-rules.test.yml"]]
    {
        match promtool(&arguments, "") {
            Some(checked) => checked.unwrap_or_else(|said| panic!("{arguments:?}: {said}")),
            None => skipped("promtool test rules", "there is no promtool (Debian: prometheus)"),
        }
    }
}
