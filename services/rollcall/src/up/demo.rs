//! The demo tenant: a company that a simulated Entra provisions, with bookings and leavers.

use serde_json::{Value, json};
use simulator::{ApiTarget, Auth, Bookings, Options, Secret, Source, Target};

use crate::data_dir::{DataDir, DemoCredentials, Running};
use crate::verbs::operator::{Operator, text};
use crate::verbs::progress;

const TENANT: &str = "demo";

/// A link by which the first administrator of the demo tenant signs in to the portal. Each start makes a
/// fresh one, since the last may be spent.
pub(super) async fn portal_link(running: &Running) -> anyhow::Result<String> {
    let operator = Operator::of(running)?;
    let administrators = operator.administrators(TENANT).await?;
    let owner = json!("owner");
    let is_owner = |one: &&Value| one["roles"].as_array().is_some_and(|all| all.contains(&owner));
    let issued = match administrators.iter().find(is_owner) {
        Some(first) => {
            operator.issue_sign_in_link(TENANT, text(first, "administrator_id")?).await?
        }
        None => {
            let new =
                json!({ "email": "owner@demo.example", "name": "Demo Owner", "roles": [owner] });
            operator.invite_administrator(TENANT, new).await?
        }
    };
    Ok(text(&issued, "sign_in_url")?.to_owned())
}

/// Provisions the demo tenant, unless an earlier start has done it.
pub(super) async fn provision(
    running: &Running,
    data_dir: &DataDir,
) -> anyhow::Result<DemoCredentials> {
    if let Some(demo) = data_dir.demo()? {
        return Ok(demo);
    }
    let operator = Operator::of(running)?;
    // A start that was cut off half-way has left a tenant whose secrets nobody knows.
    if operator.tenants().await?.iter().all(|tenant| tenant["tenant"] != TENANT) {
        operator.create_tenant(TENANT, None).await?;
    }
    let demo = operator.open(TENANT, "workplace").await?;
    let api = ApiTarget {
        base_url: format!("{}/api/v1/{TENANT}", running.url),
        token: Secret::from(demo.api_token.clone()),
    };
    let target = Target {
        scim_base_url: format!("{}/scim/v2/{TENANT}", running.url),
        auth: Auth::SecretToken(Secret::from(demo.secret_token.clone())),
        api: Some(api.clone()),
    };
    let options = Options {
        directory: Source::Generated { people: 120, groups: 12, seed: 2026 },
        bookings: Some(Bookings { api, per_person: 6 }),
        cycles: 6,
        seed: 2026,
        ..Options::new(target)
    };
    // Months pass in seconds here: what is rare in a company would look like a mass change.
    operator.set_guard(TENANT, json!({ "on": false })).await?;
    progress::simulated(options, "demo tenant").await?;
    operator.set_guard(TENANT, json!({ "on": true })).await?;
    data_dir.keep_demo(&demo)?;
    Ok(demo)
}
