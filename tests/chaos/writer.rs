//! Somebody who changes and reads a tenant through any of its gateways, and writes down what they
//! asked and what they were told.

use std::sync::Arc;
use std::time::Duration;

use kit::entra;
use kit::http::http;
use reqwest::Method;
use serde_json::{Value, json};

use crate::deployment::Tenant;
use crate::history::{Answer, Call, History};
use crate::log_model::{Claim, Held, Register};

/// Beyond this an answer counts as lost.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// For so long nobody asks a gateway again that gave them no answer.
const GRUDGE: Duration = Duration::from_secs(2);

/// What a status and a body claim; none if that status is no answer to this question.
type Reading<'a> = dyn Fn(u16, &Value) -> Option<Vec<Claim>> + Send + Sync + 'a;

pub(crate) struct Writer {
    number: usize,
    asked: usize,
    http: reqwest::Client,
    tenant: Tenant,
    gateways: Vec<String>,
    /// Which gateway gave no answer, and when.
    silent: Option<(usize, Duration)>,
    history: Arc<History>,
    pub(crate) dice: fastrand::Rng,
}

impl Writer {
    pub(crate) fn new(
        number: usize,
        tenant: Tenant,
        gateways: Vec<String>,
        history: Arc<History>,
    ) -> Self {
        let dice = fastrand::Rng::with_seed(number as u64);
        Self { number, asked: 0, http: http(), tenant, gateways, silent: None, history, dice }
    }

    /// Somebody new; their id, if they were let in.
    pub(crate) async fn create(&mut self, login: &str) -> Option<String> {
        let shown = self.fresh_name();
        let mut body = entra::workplace_user(login, &shown, &format!("object of {shown}"));
        body["userName"] = self.in_some_case(login).into();
        let made = self
            .write(Method::POST, "Users".to_owned(), &body, &|status, body| match status {
                201 => {
                    let id = body["id"].as_str().expect("a user has an id");
                    Some(vec![shows(id, &[&shown]), bears(login, &[id])])
                }
                409 => Some(vec![taken(login)]),
                _ => None,
            })
            .await;
        let (_, body) = made?;
        body["id"].as_str().map(str::to_owned)
    }

    pub(crate) async fn delete(&mut self, user: &str) {
        let path = format!("Users/{user}");
        let reading =
            |status, _: &Value| matches!(status, 204 | 404).then(|| vec![shows(user, &[])]);
        self.write(Method::DELETE, path, &Value::Null, &reading).await;
    }

    pub(crate) async fn take_login(&mut self, user: &str, login: &str) {
        let body = entra::replace("userName", self.in_some_case(login));
        self.write(Method::PATCH, format!("Users/{user}"), &body, &|status, _| match status {
            200 => Some(vec![bears(login, &[user])]),
            404 => Some(vec![shows(user, &[])]),
            409 => Some(vec![taken(login)]),
            _ => None,
        })
        .await;
    }

    pub(crate) async fn find(&mut self, login: &str) {
        let filter = format!("userName eq \"{}\"", self.in_some_case(login)).replace(' ', "%20");
        let path = format!("Users?filter={filter}");
        self.read(path, &|status, body| {
            let found = body["Resources"].as_array().map_or(&[][..], Vec::as_slice);
            let ids: Vec<&str> = found.iter().filter_map(|user| user["id"].as_str()).collect();
            (status == 200).then(|| vec![bears(login, &ids)])
        })
        .await;
    }

    /// Gives a user a display name that nobody has had yet.
    pub(crate) async fn rename(&mut self, user: &str) {
        let shown = self.fresh_name();
        let body = entra::replace("displayName", shown.as_str());
        let reading = |status, _: &Value| (status == 200).then(|| vec![shows(user, &[&shown])]);
        self.write(Method::PATCH, format!("Users/{user}"), &body, &reading).await;
    }

    pub(crate) async fn look_at_user(&mut self, user: &str) {
        self.read(format!("Users/{user}"), &|status, body| match status {
            200 => Some(vec![shows(user, &[body["displayName"].as_str().unwrap_or_default()])]),
            404 => Some(vec![shows(user, &[])]),
            _ => None,
        })
        .await;
    }

    pub(crate) async fn form(&mut self, name: &str) -> Option<String> {
        let body = entra::group(name);
        let reading = |status, _: &Value| (status == 201).then(Vec::new);
        let (_, body) = self.write(Method::POST, "Groups".to_owned(), &body, &reading).await?;
        body["id"].as_str().map(str::to_owned)
    }

    pub(crate) async fn add(&mut self, group: &str, user: &str) {
        let claim = || member(group, Held::Among(user.to_owned()));
        let reading = |status, _: &Value| (status == 204).then(|| vec![claim()]);
        let body = entra::add_members(&[user]);
        self.write(Method::PATCH, format!("Groups/{group}"), &body, &reading).await;
    }

    pub(crate) async fn remove(&mut self, group: &str, user: &str) {
        let claim = || member(group, Held::NotAmong(user.to_owned()));
        let reading = |status, _: &Value| (status == 204).then(|| vec![claim()]);
        let body = entra::remove_members(&[user]);
        self.write(Method::PATCH, format!("Groups/{group}"), &body, &reading).await;
    }

    pub(crate) async fn look_at_group(&mut self, group: &str) {
        self.read(format!("Groups/{group}"), &|status, body| {
            let members = body["members"].as_array().map_or(&[][..], Vec::as_slice);
            let ids = members.iter().filter_map(|member| member["value"].as_str());
            (status == 200).then(|| vec![member(group, Held::just(ids))])
        })
        .await;
    }

    async fn write(
        &mut self,
        method: Method,
        path: String,
        body: &Value,
        reading: &Reading<'_>,
    ) -> Option<(u16, Value)> {
        self.say(method, path, Some(body), reading).await
    }

    async fn read(&mut self, path: String, reading: &Reading<'_>) {
        self.say(Method::GET, path, None, reading).await;
    }

    /// Asks a gateway, and notes what came of it.
    async fn say(
        &mut self,
        method: Method,
        path: String,
        body: Option<&Value>,
        reading: &Reading<'_>,
    ) -> Option<(u16, Value)> {
        self.asked += 1;
        let gateway = self.some_gateway();
        let request = format!("w{}-{}", self.number, self.asked);
        let url = format!("{}/scim/v2/{}/{path}", self.gateways[gateway], self.tenant.slug);
        let what = format!("{request} ({method} {path} on gateway {gateway})");
        let mut asking = self
            .http
            .request(method, url)
            .timeout(REQUEST_TIMEOUT)
            .bearer_auth(&self.tenant.secret_token)
            .header("x-request-id", &request);
        if let Some(body) = body.filter(|body| !body.is_null()) {
            asking = asking.header("content-type", "application/scim+json").body(body.to_string());
        }
        let asked = self.history.now();
        let heard = heard(asking, &self.tenant).await;
        let at = self.history.now();
        let status = heard.as_ref().map(|(status, ..)| *status);
        // 503 and 507: the log is away or full, and what was asked may have happened or not.
        let heard = heard.filter(|(status, ..)| !matches!(status, 503 | 507));
        if heard.is_none() {
            self.silent = Some((gateway, at));
        }
        let answer = heard.as_ref().map(|(status, position, body)| {
            let claims = reading(*status, body);
            let claims = claims.unwrap_or_else(|| panic!("{what} was answered {status}: {body}"));
            Answer { at, done: *status < 400, position: *position, claims }
        });
        // A read whose answer was lost tells nothing; a read of what is not there is a read.
        let answer = answer.map(|answer| Answer { done: answer.done || body.is_none(), ..answer });
        self.history.note(Call { request, what, writes: body.is_some(), asked, status, answer });
        heard.map(|(status, _, body)| (status, body))
    }

    fn some_gateway(&mut self) -> usize {
        let now = self.history.now();
        let drawn = self.dice.usize(..self.gateways.len());
        match self.silent {
            Some((silent, since)) if silent == drawn && now.saturating_sub(since) < GRUDGE => {
                (drawn + 1) % self.gateways.len()
            }
            Some(_) | None => drawn,
        }
    }

    fn fresh_name(&self) -> String {
        format!("Name {} of writer {}", self.asked, self.number)
    }

    /// A login means the same in any case.
    fn in_some_case(&mut self, login: &str) -> String {
        if self.dice.bool() { login.to_uppercase() } else { login.to_owned() }
    }
}

/// Status, position and body of an answer, if there is one.
async fn heard(asking: reqwest::RequestBuilder, tenant: &Tenant) -> Option<(u16, u64, Value)> {
    let answer = asking.send().await.ok()?;
    let status = answer.status().as_u16();
    let position = answer.headers().get("rollcall-position");
    let position = position.and_then(|value| value.to_str().ok());
    let position = position.map_or(0, |told| tenant.position(told));
    let text = answer.text().await.ok()?;
    Some((status, position, serde_json::from_str(&text).unwrap_or(json!(text))))
}

fn shows(user: &str, names: &[&str]) -> Claim {
    let holds = Held::just(names.iter().copied());
    Claim { register: Register::User(user.to_owned()), holds }
}

fn bears(login: &str, users: &[&str]) -> Claim {
    let holds = Held::just(users.iter().copied());
    Claim { register: Register::Login(login.to_owned()), holds }
}

fn taken(login: &str) -> Claim {
    Claim { register: Register::Login(login.to_owned()), holds: Held::Something }
}

fn member(group: &str, holds: Held) -> Claim {
    Claim { register: Register::Group(group.to_owned()), holds }
}
