//! How a case is tried.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::case::{After, Ask, Case, Expected, Given, Named};
use crate::compare::{is_absent, missing};
use crate::tenant::{Headers, Tenant};

/// As many requests as Entra keeps in flight.
const IN_FLIGHT: usize = 5;

/// It speaks OAuth; everything else here speaks SCIM.
const TOKEN_ENDPOINT: &str = "/oauth/token";

/// Tries a case in a new tenant of a product, and tells all that is not as it has to be.
pub(crate) async fn differences(case: &Case, profile: &str) -> Vec<String> {
    let tenant = Tenant::of(profile).await;
    let names = tenant.credentials.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    let mut trial = Trial { names: names.collect(), tenant, found: Vec::new() };
    let crowd = trial.prepare(&case.given).await;
    if crowd.is_empty() {
        trial.run(case).await;
    } else {
        trial.run_for_each(case, crowd).await;
    }
    for step in &case.then {
        let answer = trial.ask(&step.ask).await;
        trial.check_answer(&answer, &step.answer);
    }
    trial.found
}

struct Trial {
    tenant: Tenant,
    /// What `{name}` stands for.
    names: BTreeMap<String, String>,
    found: Vec<String>,
}

impl Trial {
    /// Makes the state before. What comes back are the ids of the crowd.
    async fn prepare(&mut self, given: &Given) -> Vec<String> {
        self.make_all("Users", &given.users).await;
        self.make_all("Groups", &given.groups).await;
        self.make_all("Users", &given.deleted).await;
        for name in given.deleted.keys() {
            self.tenant.delete(&format!("/Users/{}", self.names[name])).await.answered(204);
        }
        let mut crowd = Vec::new();
        for number in 0..given.crowd {
            let user = json!({"userName": format!("one-of-many-{number}@contoso.example")});
            crowd.push(self.make("User", user.as_object().expect("an object").clone()).await);
        }
        crowd
    }

    async fn make_all(&mut self, kinds: &str, named: &Named) {
        for (name, attributes) in named {
            let id = self.make(kinds.trim_end_matches('s'), attributes.clone()).await;
            self.names.insert(name.clone(), id);
        }
    }

    async fn make(&self, kind: &str, mut attributes: Map<String, Value>) -> String {
        let schema = format!("urn:ietf:params:scim:schemas:core:2.0:{kind}");
        attributes.insert("schemas".to_owned(), json!([schema]));
        let resource = self.filled(&Value::Object(attributes));
        self.tenant.made(&format!("/{kind}s"), &resource).await
    }

    /// Asks once, and looks at the answer and at what is there afterwards.
    async fn run(&mut self, case: &Case) {
        let answer = self.ask(&case.ask).await;
        self.check_answer(&answer, &case.answer);
        let path = self.fill(&case.ask.path);
        if path == TOKEN_ENDPOINT {
            return;
        }
        let (path, _query) = path.split_once('?').unwrap_or((&path, ""));
        match (case.ask.method.as_str(), answer.status) {
            ("POST", 201) => {
                let path = format!("{path}/{}", answer.id());
                self.check_location(&answer, &path);
                if self.read(&path).await != answer.body {
                    self.found.push("what was made is not what is read afterwards".to_owned());
                }
                self.check_after(&path, &case.after).await;
            }
            ("PUT" | "PATCH", 200 | 204) => {
                self.check_after(path, &case.after).await;
                self.check_said_again(case, path).await;
            }
            ("DELETE", 204) => {
                let gone = self.tenant.get(path).await;
                if gone.status != 404 {
                    self.found.push(format!("{} answered {}", gone.asked, gone.status));
                }
            }
            _ => {}
        }
    }

    /// Asks for everybody in the crowd, some at a time, and then looks for each.
    async fn run_for_each(&mut self, case: &Case, crowd: Vec<String>) {
        let of = |one: String| {
            let mut names = self.names.clone();
            names.insert("one".to_owned(), one);
            names
        };
        let lives: Vec<_> = crowd.into_iter().map(of).collect();
        let asking = lives.iter().map(|names| ask(&self.tenant, names, &case.ask));
        let answers: Vec<_> = stream::iter(asking).buffer_unordered(IN_FLIGHT).collect().await;
        for answer in &answers {
            self.check_answer(answer, &case.answer);
        }
        for names in lives {
            self.names = names;
            let path = self.fill(&case.ask.path);
            self.check_after(&path, &case.after).await;
        }
    }

    fn check_answer(&mut self, answer: &Answer, expected: &Expected) {
        let Answer { asked, status, text, .. } = answer;
        if *status != expected.status {
            let wanted = expected.status;
            self.found.push(format!("{asked} answered {status} instead of {wanted}: {text}"));
        }
        if !asked.ends_with(TOKEN_ENDPOINT) {
            self.found.extend(answer.mislabelled());
            self.found.extend(answer.misshapen());
        }
        for (name, words) in &expected.headers {
            let header = answer.header(name);
            if !header.contains(words) {
                self.found.push(format!("the header {name} is {header:?}, without {words:?}"));
            }
        }
        self.check_shown(&answer.body, expected.body.as_ref(), &expected.absent, &expected.lacks);
    }

    fn check_location(&mut self, answer: &Answer, path: &str) {
        let header = answer.header("location").to_owned();
        if !header.ends_with(path) || answer.body["meta"]["location"] != header {
            self.found.push(format!("the location is {header:?}, not that of {}", answer.text));
        }
    }

    /// The resource itself, and the one that a filter finds, are one and as they have to be.
    async fn check_after(&mut self, path: &str, after: &After) {
        let resource = self.read(path).await;
        self.check_shown(&resource, after.resource.as_ref(), &after.absent, &after.lacks);
        let (kind, name) = if path.starts_with("/Users") {
            ("/Users", "userName")
        } else {
            ("/Groups", "displayName")
        };
        let found = self.tenant.get(&format!("{kind}?filter={name} eq {}", resource[name])).await;
        if found.body["Resources"] != json!([resource]) {
            self.found.push(format!("a filter does not find {resource}, but {}", found.text));
        }
    }

    /// Said again, a request changes nothing, not even the version.
    async fn check_said_again(&mut self, case: &Case, path: &str) {
        let before = self.read(path).await;
        let again = self.ask(&case.ask).await;
        self.check_answer(&again, &case.answer);
        let after = self.read(path).await;
        if before != after {
            self.found.push(format!("said again, it changes {before} to {after}"));
        }
    }

    fn check_shown(
        &mut self,
        shown: &Value,
        expected: Option<&Value>,
        absent: &[String],
        lacks: &[Value],
    ) {
        if let Some(expected) = expected {
            self.found.extend(missing(&self.filled(expected), shown));
        }
        for pointer in absent.iter().filter(|pointer| !is_absent(pointer, shown)) {
            self.found.push(format!("{pointer} is there: {shown}"));
        }
        for unwanted in lacks.iter().map(|unwanted| self.filled(unwanted)).collect::<Vec<_>>() {
            if missing(&unwanted, shown).is_empty() {
                self.found.push(format!("{unwanted} is there: {shown}"));
            }
        }
    }

    async fn read(&self, path: &str) -> Value {
        self.tenant.get(path).await.body
    }

    async fn ask(&self, request: &Ask) -> Answer {
        ask(&self.tenant, &self.names, request).await
    }

    fn fill(&self, text: &str) -> String {
        fill(&self.names, text)
    }

    fn filled(&self, value: &Value) -> Value {
        serde_json::from_str(&self.fill(&value.to_string())).expect("ids need no escape in JSON")
    }
}

async fn ask(tenant: &Tenant, names: &BTreeMap<String, String>, request: &Ask) -> Answer {
    let headers = request.headers.iter();
    let headers: Headers = headers
        .map(|(name, value)| (name.clone(), value.as_ref().map(|value| fill(names, value))))
        .collect();
    let body = request.body.as_ref().map(|body| match body.as_str() {
        Some(text) => fill(names, text),
        None => fill(names, &body.to_string()),
    });
    tenant.ask(&request.method, &fill(names, &request.path), &headers, body).await
}

/// Puts what they stand for in the place of names.
fn fill(names: &BTreeMap<String, String>, text: &str) -> String {
    let put = |text: String, (name, value): (&String, &String)| {
        text.replace(&format!("{{{name}}}"), value)
    };
    names.iter().fold(text.to_owned(), put)
}
