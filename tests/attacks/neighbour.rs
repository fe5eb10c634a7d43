//! Another tenant, who reads and writes at a steady pace while somebody else attacks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use kit::company::Company;
use kit::entra;
use reqwest::{Client, Method};
use tokio::task::JoinSet;

/// One request starts this long after the other, whether that one was answered or not.
const PACE: Duration = Duration::from_millis(20);

/// How long an answer may take before it counts as none.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(25);

/// What the tenant asks, again and again. Every second one needs a connection of its own.
const KINDS: [Kind; 5] = [
    Kind::Get,
    Kind::ChangeUser,
    Kind::FindOnANewConnection,
    Kind::ReadModel,
    Kind::ChangeOnANewConnection,
];

#[derive(Clone, Copy, Debug)]
enum Kind {
    Get,
    FindOnANewConnection,
    ReadModel,
    ChangeUser,
    ChangeOnANewConnection,
}

/// A tenant with a few people.
#[derive(Clone, Debug)]
pub(crate) struct Neighbour {
    scim: String,
    api: String,
    secret: String,
    token: String,
    people: Vec<String>,
}

/// One request and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// When it was to start: what it waited for its turn counts.
    pub(crate) scheduled: Instant,
    pub(crate) took: Duration,
    /// What went wrong, unless it was answered 2xx.
    pub(crate) wrong: Option<String>,
}

/// A neighbour at work, in a thread of its own: what the attackers do costs it nothing.
pub(crate) struct Working {
    enough: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Sample>>,
}

impl Neighbour {
    /// A tenant with a few people, who will ask at this URL.
    pub(crate) async fn of(company: &Company, url: &str) -> Self {
        let mut people = Vec::new();
        for number in 0..10 {
            people.push(company.hire(&format!("Person{number}")).await);
        }
        // The read model knows them.
        company.ask("employees").await.answered(200);
        Self {
            scim: format!("{url}/scim/v2/{}", company.slug),
            api: format!("{url}/api/v1/{}", company.slug),
            secret: company.secret_token.clone(),
            token: company.api_token.clone(),
            people,
        }
    }

    pub(crate) fn work(&self) -> Working {
        let enough = Arc::new(AtomicBool::new(false));
        let (neighbour, told) = (self.clone(), Arc::clone(&enough));
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(neighbour.ask_until(&told))
        });
        Working { enough, thread }
    }

    async fn ask_until(self, enough: &AtomicBool) -> Vec<Sample> {
        let neighbour = Arc::new(self);
        let kept = client(|builder| builder);
        let fresh = client(|builder| builder.pool_max_idle_per_host(0));
        let mut asked = JoinSet::new();
        let start = Instant::now();
        let mut number = 0;
        while !enough.load(Ordering::Relaxed) {
            let scheduled = start + PACE * number;
            tokio::time::sleep_until(scheduled.into()).await;
            let kind = KINDS[number as usize % KINDS.len()];
            let http = match kind {
                Kind::Get | Kind::ChangeUser | Kind::ReadModel => kept.clone(),
                Kind::FindOnANewConnection | Kind::ChangeOnANewConnection => fresh.clone(),
            };
            let neighbour = Arc::clone(&neighbour);
            asked.spawn(async move {
                let wrong = neighbour.ask(&http, kind, number).await.err();
                let wrong = wrong.map(|what| format!("{kind:?}: {what}"));
                Sample { scheduled, took: scheduled.elapsed(), wrong }
            });
            number += 1;
        }
        asked.join_all().await
    }

    async fn ask(&self, http: &Client, kind: Kind, number: u32) -> Result<(), String> {
        let Self { scim, api, secret, token, people } = self;
        let person = &people[number as usize % people.len()];
        let request = match kind {
            Kind::Get => http.get(format!("{scim}/Users/{person}")).bearer_auth(secret),
            Kind::FindOnANewConnection => {
                let filter = ("filter", "userName eq \"person3@neighbour.example\"");
                http.get(format!("{scim}/Users")).query(&[filter]).bearer_auth(secret)
            }
            Kind::ReadModel => http.get(format!("{api}/employees?limit=5")).bearer_auth(token),
            Kind::ChangeUser | Kind::ChangeOnANewConnection => {
                let change = entra::replace("displayName", format!("Name {number}"));
                http.request(Method::PATCH, format!("{scim}/Users/{person}"))
                    .header("content-type", "application/scim+json")
                    .body(change.to_string())
                    .bearer_auth(secret)
            }
        };
        let answer = request.send().await.map_err(|error| told(&error))?;
        let status = answer.status();
        answer.bytes().await.map_err(|error| told(&error))?;
        if status.is_success() { Ok(()) } else { Err(status.as_u16().to_string()) }
    }
}

impl Working {
    /// Lets the neighbour stop, and all its requests come to an end.
    pub(crate) async fn stop(self) -> Vec<Sample> {
        self.enough.store(true, Ordering::Relaxed);
        let joined = tokio::task::spawn_blocking(|| self.thread.join()).await;
        joined.expect("it is waited for").expect("the neighbour does not panic")
    }
}

fn client(settings: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder) -> Client {
    let builder = Client::builder().no_proxy().timeout(REQUEST_TIMEOUT);
    // Whoever comes to the TLS port has a certificate of its own.
    settings(builder.danger_accept_invalid_certs(true)).build().expect("an HTTP client")
}

/// What a client says of an answer that did not come, in a word.
fn told(error: &reqwest::Error) -> String {
    let words = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "a broken connection"
    };
    words.to_owned()
}
