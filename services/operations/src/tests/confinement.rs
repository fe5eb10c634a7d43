//! An administrator reaches their own tenant, and nothing else.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::world::{Reply, Things, World, owner};

/// What an administrator is let see of their own tenant alone, though they ask for all.
const NARROWED: [&str; 7] = [
    "/operator/v1/tenants",
    "/ops/v1/journal",
    "/ops/v1/lag",
    "/ops/v1/parked",
    "/ops/v1/parked/retry",
    "/ops/v1/read-models",
    "/ops/v1/replay",
];

/// The paths that the routers have, which list them in their debug output and nowhere else.
fn paths(world: &World) -> BTreeSet<String> {
    let shown = format!("{:?}", world.router);
    let of_ours = |text: &&str| text.starts_with("/ops/v1/") || text.starts_with("/operator/v1/");
    shown.split('"').filter(of_ours).map(str::to_owned).collect()
}

/// The path, about these things.
fn about(path: &str, of: &Things) -> String {
    let id = match path {
        _ if path.contains("/replay/") => &of.job,
        _ if path.contains("/parked/") => &of.parked,
        _ if path.contains("/alerts/") => &of.alert,
        _ if path.contains("/verifications/") => "1",
        _ => &of.credential,
    };
    path.replace("{tenant}", &of.tenant)
        .replace("{subscriber}", &of.subscriber)
        .replace("{projection}", "teams")
        .replace("{name}", "ann")
        .replace("{urn}", "urn:example:1")
        .replace("{id}", id)
}

/// What one may ask at a path about these things: queries, and bodies.
fn questions(path: &str, of: &Things) -> (Vec<String>, Vec<Value>) {
    let Things { tenant, person, subscriber, parked, request, .. } = of;
    let queries = match path {
        "/ops/v1/deliveries" => vec![format!("?tenant={tenant}&subscribers={subscriber}")],
        "/ops/v1/feed" => vec![format!("?tenant={tenant}&from=beginning")],
        "/ops/v1/receipts" => vec![format!("?tenant={tenant}&employee={person}")],
        "/ops/v1/webhooks" | "/ops/v1/readers" => vec![format!("?subscribers={subscriber}")],
        "/ops/v1/tests" => {
            vec![format!("?tenant={tenant}&subscriber={subscriber}&test={subscriber}")]
        }
        "/ops/v1/parked/{id}" => vec![String::new(), "?reveal=true".to_owned()],
        _ => vec![String::new(), format!("?tenant={tenant}")],
    };
    let reason = json!({ "reason": "so" });
    let confirm = json!({ "confirm": tenant });
    let bodies = match path {
        "/ops/v1/explain" | "/ops/v1/history" => {
            let by_name = format!("bob@{tenant}.example");
            vec![
                json!({ "person": person }),
                json!({ "person": person, "tenant": tenant }),
                json!({ "person": by_name }),
                json!({ "person": by_name, "tenant": tenant }),
            ]
        }
        "/ops/v1/trace" => vec![json!({ "request": request, "tenant": tenant })],
        "/ops/v1/replay" => ["directory", "teams"]
            .into_iter()
            .flat_map(|name| {
                [
                    json!({ "projection": name }),
                    json!({ "projection": name, "tenant": tenant }),
                    json!({ "projection": name, "tenant": tenant, "person": person }),
                ]
            })
            .collect(),
        "/ops/v1/parked/retry" => vec![json!({ "id": parked }), json!({ "tenant": tenant })],
        "/ops/v1/verifications" => vec![json!({ "projection": "teams", "tenant": tenant })],
        "/ops/v1/operators" => vec![json!({ "name": "ann", "roles": ["ops:read"] })],
        "/operator/v1/tenants" => vec![json!({ "tenant": "initech" })],
        _ => vec![
            json!({}),
            reason,
            confirm,
            json!({ "roles": ["ops:read"] }),
            json!({ "hold": false }),
            json!({ "profile": "benefits" }),
            json!({ "scopes": ["employees:read"] }),
        ],
    };
    (queries, bodies)
}

/// The same things, of which there are none.
fn nothing() -> Things {
    let id = |last: u8| format!("01890000-0000-7000-8000-0000000000{last:02}");
    Things {
        tenant: "nowhere".to_owned(),
        person: id(1),
        subscriber: id(2),
        credential: id(3),
        alert: id(4),
        job: "r_0123456789".to_owned(),
        parked: "directory:99999".to_owned(),
        request: "request-of-nowhere".to_owned(),
    }
}

/// What was said, without the names of what it was said about.
fn said(reply: &Reply, of: &Things) -> String {
    let mut text = reply.text.clone();
    for named in
        [&of.tenant, &of.person, &of.subscriber, &of.credential, &of.alert, &of.job, &of.parked]
    {
        text = text.replace(named.as_str(), "…");
    }
    text.replace(&of.job.replace("r_", "pl_"), "…")
}

/// Whether an answer tells anything of a tenant.
fn tells(text: &str, of: &Things) -> bool {
    [
        &of.tenant,
        &of.person,
        &of.subscriber,
        &of.credential,
        &of.alert,
        &of.job[2..].to_owned(),
        &of.parked,
    ]
    .into_iter()
    .any(|named| text.contains(named.as_str()))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_learns_nothing_of_another_tenant_and_changes_nothing_of_it_by_any_route()
{
    let world = World::new().await;
    let (acme, globex) =
        (world.tenant("acme", "retention").await, world.tenant("globex", "teams").await);
    let (of_acme, nobodys) = (owner("acme"), nothing());
    let globex_slug = globex.tenant.parse().expect("a slug");
    let before = world.log.count_of(&globex_slug).await.expect("a count");
    let jobs_before = jobs_of(&world, &globex);
    let all = paths(&world);
    assert!(all.len() >= 70, "{all:?}");
    let mut faults = Vec::new();
    for path in &all {
        let (queries, bodies) = questions(path, &globex);
        let (of_nobody, bodies_of_nobody) = questions(path, &nobodys);
        for (query, other) in queries.iter().zip(&of_nobody) {
            let method = || Method::GET;
            let there = world.ask(&of_acme, method(), &(about(path, &globex) + query), None).await;
            let none = world.ask(&of_acme, method(), &(about(path, &nobodys) + other), None).await;
            let found = wrong(path, (&there, &globex), (&none, &nobodys));
            faults.extend(found.map(|found| format!("GET {path}: {found}")));
        }
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for (body, other) in bodies.iter().zip(&bodies_of_nobody) {
                let (here, there) = (about(path, &globex), about(path, &nobodys));
                let there_is = world.ask(&of_acme, method.clone(), &here, Some(body)).await;
                let none = world.ask(&of_acme, method.clone(), &there, Some(other)).await;
                let found = wrong(path, (&there_is, &globex), (&none, &nobodys));
                faults.extend(found.map(|found| format!("{method} {path}: {found}")));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(world.log.count_of(&globex_slug).await.expect("a count"), before);
    assert_eq!(jobs_of(&world, &globex), jobs_before);
    let acts = world.acts.read_after(0).await.expect("acts");
    let by = "administrator:acme:";
    let meant = acts.iter().filter(|acted| acted.by.to_string().starts_with(by));
    let meant: BTreeSet<&str> = meant.map(|acted| acted.act.name()).collect();
    let requests = BTreeSet::from(["request.received", "request.answered", "parked.retried"]);
    assert!(meant.is_subset(&requests), "{meant:?}");
    // That of their own they see all the while.
    let own = world.ask(&of_acme, Method::GET, &about("/ops/v1/replay/{id}", &acme), None).await;
    assert_eq!(own.found()["state"], "paused");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_their_own_tenant_an_administrator_is_told_by_these_routes_and_of_all_tenants_by_none() {
    let world = World::new().await;
    let acme = world.tenant("acme", "retention").await;
    let (of_acme, mut told) = (owner("acme"), BTreeSet::new());
    // What a comparison tells depends on how far the replay was when it was paused.
    for path in paths(&world).into_iter().filter(|path| !path.ends_with("/diff")) {
        for query in questions(&path, &acme).0 {
            let asked = about(&path, &acme) + &query;
            if world.ask(&of_acme, Method::GET, &asked, None).await.status.is_success() {
                told.insert(path.trim_start_matches("/operator/v1/tenants").to_owned());
            }
        }
    }
    let expected = [
        "",
        "/ops/v1/employees",
        "/ops/v1/events",
        "/ops/v1/joiners-and-leavers",
        "/ops/v1/journal",
        "/ops/v1/lag",
        "/ops/v1/parked",
        "/ops/v1/parked/{id}",
        "/ops/v1/read-models",
        "/ops/v1/receipts",
        "/ops/v1/receipts/overdue",
        "/ops/v1/replay",
        "/ops/v1/replay/{id}",
        "/ops/v1/requests",
        "/ops/v1/requests/results",
        "/ops/v1/webhooks/{subscriber}/dead-letters",
        "/{tenant}/administrators",
        "/{tenant}/alerts",
        "/{tenant}/credentials",
        "/{tenant}/extensions",
        "/{tenant}/guard",
        "/{tenant}/integration/check",
        "/{tenant}/subscribers",
        "/{tenant}/subscribers/{subscriber}",
    ];
    assert_eq!(told, expected.map(str::to_owned).into());
}

fn jobs_of(world: &World, of: &Things) -> String {
    let state = world.acts.state();
    format!("{:?}", state.jobs.job(&of.job.parse().expect("an id")).expect("a job"))
}

/// What is wrong with an answer about another tenant's things: it is to be that about things that there are not.
fn wrong(
    path: &str,
    (there, theirs): (&Reply, &Things),
    (none, nobodys): (&Reply, &Things),
) -> Option<String> {
    let refused = [
        StatusCode::BAD_REQUEST,
        StatusCode::FORBIDDEN,
        StatusCode::NOT_FOUND,
        StatusCode::METHOD_NOT_ALLOWED,
    ];
    let same = there.status == none.status && said(there, theirs) == said(none, nobodys);
    if there.status.is_success() {
        let fine = NARROWED.contains(&path) && !tells(&there.text, theirs);
        (!fine).then(|| format!("{} {}", there.status, there.text))
    } else {
        let fine = same && refused.contains(&there.status);
        let both = || format!("{} {}, but {} {}", there.status, there.text, none.status, none.text);
        (!fine).then(both)
    }
}
