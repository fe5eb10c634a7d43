//! A company's life of ten thousand events: whatever goes wrong meanwhile, it is asked again until it is done.

use futures_util::future::join_all;
use kit::entra;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::reach::{Here, asked, here};

/// People, each in so many groups.
const PEOPLE: usize = 1_000;
const GROUPS: usize = 8;
/// Requests at a time.
const AT_ONCE: usize = 8;

fn scim(company: &Here, method: &Method, path: &str, body: Option<&Value>) -> RequestBuilder {
    let company = here(company);
    let request = company.scim_request(method.clone(), path).bearer_auth(&company.secret_token);
    match body {
        Some(body) => request.body(body.to_string()),
        None => request,
    }
}

/// Somebody is hired; an answer that was lost is looked up, as Entra does.
async fn hire(company: &Here, number: usize) -> String {
    let login = format!("p{number}@contoso.example");
    let user = entra::workplace_user(&login, &format!("P {number}"), &format!("object {number}"));
    let answer = asked(|| scim(company, &Method::POST, "Users", Some(&user)), &[201, 409]).await;
    let body: Value = if answer.status() == 201 {
        answer.json().await.expect("JSON")
    } else {
        let path = format!("Users?filter=userName%20eq%20%22{login}%22");
        let found = asked(|| scim(company, &Method::GET, &path, None), &[200]).await;
        found.json::<Value>().await.expect("JSON")["Resources"][0].clone()
    };
    body["id"].as_str().expect("an id").to_owned()
}

async fn form(company: &Here, name: &str) -> String {
    let group = entra::group(name);
    let answer = asked(|| scim(company, &Method::POST, "Groups", Some(&group)), &[201, 409]).await;
    let body: Value = if answer.status() == 201 {
        answer.json().await.expect("JSON")
    } else {
        let path = format!("Groups?filter=displayName%20eq%20%22{name}%22");
        let found = asked(|| scim(company, &Method::GET, &path, None), &[200]).await;
        found.json::<Value>().await.expect("JSON")["Resources"][0].clone()
    };
    body["id"].as_str().expect("an id").to_owned()
}

async fn patch(company: &Here, path: &str, body: &Value) {
    asked(|| scim(company, &Method::PATCH, path, Some(body)), &[200, 204]).await;
}

/// Does something to each of these, some at a time.
async fn each<'t, T: 't, R>(all: &'t [T], does: impl AsyncFn(&'t T) -> R) -> Vec<R> {
    let shares = (0..AT_ONCE).map(|share| {
        let does = &does;
        async move {
            let mut done = Vec::new();
            for one in all.iter().skip(share).step_by(AT_ONCE) {
                done.push(does(one).await);
            }
            done
        }
    });
    join_all(shares).await.into_iter().flatten().collect()
}

/// A company's life.
pub(super) async fn live(company: Here) {
    let numbers: Vec<usize> = (0..PEOPLE).collect();
    let people = each(&numbers, async |number| hire(&company, *number).await).await;
    let mut groups = Vec::new();
    for number in 0..GROUPS {
        let group = form(&company, &format!("Group {number}")).await;
        for some in people.chunks(250) {
            let some: Vec<&str> = some.iter().map(String::as_str).collect();
            patch(&company, &format!("Groups/{group}"), &entra::add_members(&some)).await;
        }
        groups.push(group);
    }
    let leavers = &people[..120];
    each(leavers, async |user| patch(&company, &format!("Users/{user}"), &entra::disable()).await)
        .await;
    each(&people[100..300], async |user| {
        let renamed = entra::replace("displayName", format!("Renamed {user}"));
        patch(&company, &format!("Users/{user}"), &renamed).await;
    })
    .await;
    let path = format!("Groups/{}", groups[0]);
    asked(|| scim(&company, &Method::DELETE, &path, None), &[204, 404]).await;
    each(&leavers[..60], async |user| {
        patch(&company, &format!("Users/{user}"), &entra::restore()).await;
    })
    .await;
}
