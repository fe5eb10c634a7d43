//! A tenant with its clients: Entra, a booking system, an administrator.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::entra;
use crate::http::{Answer, http};
use crate::wait::DEADLINE;

/// A company that has connected its directory.
#[derive(Debug)]
pub struct Company {
    http: Client,
    /// Its name in URLs and subjects.
    pub slug: String,
    /// Where Entra provisions.
    pub scim_base_url: String,
    /// Where its JSON API is.
    pub api_base_url: String,
    /// What Entra signs in with.
    pub secret_token: String,
    /// What opens the JSON API, with every scope.
    pub api_token: String,
    /// Who the administrator is, as events and read models call them.
    pub administrator: String,
    /// The positions of the last answers: reads through the API wait for all of them, since only the
    /// service knows which of them is the furthest.
    seen: Mutex<VecDeque<String>>,
}

/// So many requests of a story are under way at most.
const AT_ONCE: usize = 32;

/// A user whom Entra has provisioned: the id of their resource.
pub type User = String;

impl Company {
    /// A tenant behind this URL, with the credentials that were issued for it.
    pub fn new(url: &str, slug: &str, secret_token: &str, issued: &Value) -> Self {
        let text = |name: &str| issued[name].as_str().expect("an issued token").to_owned();
        Self {
            http: http(),
            slug: slug.to_owned(),
            scim_base_url: format!("{url}/scim/v2/{slug}"),
            api_base_url: format!("{url}/api/v1/{slug}"),
            secret_token: secret_token.to_owned(),
            api_token: text("api_token"),
            administrator: format!("credential:{}", text("credential_id")),
            seen: Mutex::default(),
        }
    }

    /// The same company, whose program was started again and listens elsewhere.
    pub fn moved_to(&mut self, url: &str) {
        self.scim_base_url = format!("{url}/scim/v2/{}", self.slug);
        self.api_base_url = format!("{url}/api/v1/{}", self.slug);
    }

    /// The same company, at what was restored of a backup, whose log may end before its last write.
    pub fn restored_at(&mut self, url: &str) {
        self.moved_to(url);
        self.seen = Mutex::default();
    }

    /// A SCIM request without a credential.
    pub fn scim_request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/{path}", self.scim_base_url);
        self.http
            .request(method, url)
            .header("content-type", "application/scim+json; charset=utf-8")
    }

    /// Sends a request, and remembers the position of its answer.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let answer = Answer::to(request).await;
        if let Some(position) = answer.position() {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if seen.len() == AT_ONCE {
                seen.pop_front();
            }
            seen.push_back(position.to_owned());
        }
        answer
    }

    /// A SCIM read by Entra.
    pub async fn scim(&self, path: &str) -> Answer {
        let request = self.scim_request(Method::GET, path);
        self.send(request.bearer_auth(&self.secret_token)).await
    }

    /// Those whom a SCIM filter finds.
    pub async fn find(&self, kind: &str, filter: &str) -> Answer {
        let request = self.scim_request(Method::GET, kind).query(&[("filter", filter)]);
        self.send(request.bearer_auth(&self.secret_token)).await.answered(200)
    }

    /// A SCIM query with these parameters.
    pub async fn query(&self, path: &str, parameters: &[(&str, &str)]) -> Answer {
        let request = self.scim_request(Method::GET, path).query(parameters);
        self.send(request.bearer_auth(&self.secret_token)).await
    }

    /// A SCIM request with a header more, and a body if there is one.
    pub async fn scim_with(
        &self,
        method: Method,
        path: &str,
        (name, value): (&str, &str),
        body: Option<&Value>,
    ) -> Answer {
        let mut request = self.scim_request(method, path).header(name, value);
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        self.send(request.bearer_auth(&self.secret_token)).await
    }

    /// A SCIM write by Entra.
    pub async fn scim_write(&self, method: Method, path: &str, body: &Value) -> Answer {
        let request = self.scim_request(method, path).body(body.to_string());
        self.send(request.bearer_auth(&self.secret_token)).await
    }

    /// Makes a resource.
    pub async fn post(&self, kind: &str, body: &Value) -> Answer {
        self.scim_write(Method::POST, kind, body).await
    }

    /// Changes a resource.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.scim_write(Method::PATCH, path, body).await
    }

    /// Deletes a resource.
    pub async fn delete(&self, path: &str) -> Answer {
        let request = self.scim_request(Method::DELETE, path);
        self.send(request.bearer_auth(&self.secret_token)).await
    }

    /// Provisions somebody whose login and object id follow from their name.
    pub async fn hire(&self, name: &str) -> User {
        let login = format!("{}@{}.example", name.to_lowercase(), self.slug);
        let user = entra::workplace_user(&login, name, &format!("object of {name}"));
        self.post("Users", &user).await.answered(201).id()
    }

    /// Provisions a group with these members, added one by one as Entra does.
    pub async fn form(&self, name: &str, members: &[&User]) -> String {
        let group = self.post("Groups", &entra::group(name)).await.answered(201).id();
        for member in members {
            self.add(&group, member).await;
        }
        group
    }

    /// Adds a member to a group.
    pub async fn add(&self, group: &str, user: &str) {
        self.patch(&format!("Groups/{group}"), &entra::add_members(&[user])).await.answered(204);
    }

    /// Removes a member from a group.
    pub async fn remove(&self, group: &str, user: &str) {
        self.patch(&format!("Groups/{group}"), &entra::remove_members(&[user])).await.answered(204);
    }

    /// Makes a user inactive: the person becomes Former.
    pub async fn disable(&self, user: &str) {
        self.patch(&format!("Users/{user}"), &entra::disable()).await.answered(200);
    }

    /// Makes a user active again.
    pub async fn restore(&self, user: &str) {
        self.patch(&format!("Users/{user}"), &entra::restore()).await.answered(200);
    }

    /// Deletes a user for good.
    pub async fn purge(&self, user: &str) {
        self.delete(&format!("Users/{user}")).await.answered(204);
    }

    /// A question to the read API, that has seen all that was written before.
    pub async fn ask(&self, path: &str) -> Answer {
        self.ask_with(&self.api_token, path).await
    }

    /// The same with another token. A machine that is busy may take longer than a read waits.
    pub async fn ask_with(&self, token: &str, path: &str) -> Answer {
        let asked = Instant::now();
        loop {
            let answer = self.ask_once(token, path).await;
            let is_slow = ["have not got as far", "Postgres does not answer"];
            let is_slow = is_slow.iter().any(|words| answer.text.contains(words));
            if answer.status != 503 || !is_slow || asked.elapsed() > DEADLINE {
                return answer;
            }
        }
    }

    /// The same, which is asked once: 503 if the read models have not seen all within the time that a read waits,
    /// or Postgres does not answer.
    pub async fn ask_once(&self, token: &str, path: &str) -> Answer {
        let request = self.http.get(format!("{}/{path}", self.api_base_url)).bearer_auth(token);
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if seen.is_empty() {
            return Answer::to(request).await;
        }
        Answer::to(request.header("rollcall-after", Vec::from(seen).join(","))).await
    }

    /// The same, that need not have seen anything.
    pub async fn ask_now(&self, path: &str) -> Answer {
        let request = self.http.get(format!("{}/{path}", self.api_base_url));
        Answer::to(request.bearer_auth(&self.api_token)).await
    }

    /// A command by the administrator, or by a booking system.
    pub async fn command(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.command_with(&self.api_token, method, path, body).await
    }

    /// The same with another token.
    pub async fn command_with(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let url = format!("{}/{path}", self.api_base_url);
        let mut request = self.http.request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        self.send(request).await
    }

    /// An employee, as the directory shows them.
    pub async fn employee(&self, id: &str) -> Value {
        self.ask(&format!("employees/{id}")).await.answered(200).body
    }

    /// An employee's teams in words, in order: `Sales primary synced`.
    pub async fn teams_of(&self, id: &str) -> Vec<String> {
        let employee = self.employee(id).await;
        let teams = employee["teams"].as_array().expect("an employee has teams").clone();
        let word = |team: &Value, name: &str| team[name].as_str().unwrap_or_default().to_owned();
        let words =
            |team: &Value| ["name", "kind", "origin"].map(|name| word(team, name)).join(" ");
        teams.iter().map(words).collect()
    }

    /// The ids of a group's members, as SCIM shows them.
    pub async fn members(&self, group: &str) -> Vec<String> {
        let group = self.scim(&format!("Groups/{group}")).await.answered(200).body;
        let members = group["members"].as_array().cloned().unwrap_or_default();
        let id = |member: &Value| member["value"].as_str().expect("a member has an id").to_owned();
        members.iter().map(id).collect()
    }
}
