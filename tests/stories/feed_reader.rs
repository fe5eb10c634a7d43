//! An application that reads the feed over HTTP and keeps a table, without any of our rules.

use std::collections::BTreeMap;

use kit::company::Company;
use kit::http::{Answer, http};
use reqwest::Response;
use serde_json::{Value, json};

/// The last state of each thing, by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    pub(crate) employees: BTreeMap<String, Value>,
    pub(crate) teams: BTreeMap<String, Value>,
    pub(crate) alerts: BTreeMap<String, Value>,
    pub(crate) bookings: BTreeMap<String, Value>,
}

impl Table {
    /// What an event says.
    pub(crate) fn take(&mut self, event: &Value) {
        let about = event["subject"].as_str().expect("a subject").to_owned();
        match event["type"].as_str().expect("a type") {
            "rollcall.employee.erased" => {
                self.employees.remove(&about);
                self.bookings.retain(|_, booking| booking["employeeId"] != about.as_str());
            }
            "rollcall.team.deleted" => {
                self.teams.remove(&about);
            }
            kind if kind.starts_with("rollcall.employee.") => {
                self.employees.insert(about, event["data"]["employee"].clone());
            }
            kind if kind.starts_with("rollcall.team.") => {
                self.teams.insert(about, event["data"]["team"].clone());
            }
            kind if kind.starts_with("rollcall.alert.") => {
                self.alerts.insert(about, event["data"]["alert"].clone());
            }
            kind if kind.starts_with("rollcall.booking.") => {
                self.bookings.insert(about, event["data"]["booking"].clone());
            }
            _ => {}
        }
    }

    /// What a line of a snapshot says.
    pub(crate) fn take_line(&mut self, line: &Value) {
        for (name, table) in [
            ("team", &mut self.teams),
            ("alert", &mut self.alerts),
            ("employee", &mut self.employees),
            ("booking", &mut self.bookings),
        ] {
            if let Some(thing) = line.get(name) {
                table.insert(thing["id"].as_str().expect("an id").to_owned(), thing.clone());
            }
        }
    }

    /// Everybody as the read API shows them: id, user name, standing and Primary team.
    pub(crate) fn people(&self) -> BTreeMap<String, Value> {
        let one = |(id, employee): (&String, &Value)| {
            let teams = employee["teams"].as_array().cloned().unwrap_or_default();
            let primary = teams.iter().find(|team| team["kind"] == "primary");
            let name = primary.map_or(Value::Null, |team| {
                let id = team["id"].as_str().expect("an id");
                self.teams[id]["name"].clone()
            });
            (id.clone(), json!([employee["userName"], employee["standing"], name]))
        };
        self.employees.iter().map(one).collect()
    }
}

/// Everybody as the read API shows them, in the same words.
pub(crate) async fn people_of(company: &Company) -> BTreeMap<String, Value> {
    let mut people = BTreeMap::new();
    let mut after = String::new();
    loop {
        let page = company.ask(&format!("employees?limit=500{after}")).await.answered(200).body;
        for one in page["employees"].as_array().expect("a list") {
            let name = &one["primaryTeam"]["name"];
            let id = one["id"].as_str().expect("an id").to_owned();
            people.insert(id, json!([one["userName"], one["standing"], name]));
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return people,
        }
    }
}

/// A page of events.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) events: Vec<Value>,
    pub(crate) next: String,
}

/// Asks for a page of events.
pub(crate) async fn events(company: &Company, query: &str) -> Answer {
    company.ask_now(&format!("events?{query}")).await
}

/// The page that is answered.
pub(crate) fn page(answer: Answer) -> Page {
    let answer = answer.answered(200);
    assert_eq!(answer.header("content-type"), "application/cloudevents-batch+json");
    let events = answer.body.as_array().expect("a batch").clone();
    let next = answer.header("rollcall-next").to_owned();
    assert!(!next.is_empty(), "an answer without a cursor");
    let link = answer.header("link");
    assert!(link.contains(&format!("after={next}")) && link.contains("rel=\"next\""), "{link}");
    Page { events, next }
}

/// All events from the beginning up to the one with this type and subject.
pub(crate) async fn read_up_to(company: &Company, kind: &str, about: &str) -> Page {
    let mut read = Page { events: Vec::new(), next: String::new() };
    loop {
        let after =
            if read.next.is_empty() { String::new() } else { format!("&after={}", read.next) };
        let next = page(events(company, &format!("limit=7&wait=30s{after}")).await);
        assert!(!next.events.is_empty(), "waited in vain for {kind} of {about}");
        let found = |event: &Value| event["type"] == kind && event["subject"] == about;
        let is_there = next.events.iter().any(found);
        read.events.extend(next.events);
        read.next = next.next;
        if is_there {
            return read;
        }
    }
}

/// Insists that these are a tenant's first events, without a gap and each once.
#[track_caller]
pub(crate) fn check_numbers(events: &[Value], first: u64) {
    for (event, number) in events.iter().zip(first..) {
        assert_eq!(event["sequence"], format!("{number:020}"), "{event}");
    }
    let ids: std::collections::BTreeSet<&str> =
        events.iter().map(|event| event["id"].as_str().expect("an id")).collect();
    assert_eq!(ids.len(), events.len(), "an id came twice");
}

/// An open stream of server-sent events.
#[derive(Debug)]
pub(crate) struct EventStream {
    response: Response,
    heard: String,
}

/// One server-sent event.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sent {
    pub(crate) id: String,
    pub(crate) event: String,
    pub(crate) data: Value,
}

impl EventStream {
    /// Opens a stream, from where it was if it is known.
    pub(crate) async fn open(company: &Company, query: &str, last: Option<&str>) -> Self {
        let url = format!("{}/events?{query}", company.api_base_url);
        let mut request = http().get(url).bearer_auth(&company.api_token);
        request = request.header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, heard: String::new() }
    }

    /// The next event; none if the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Sent> {
        loop {
            while let Some(end) = self.heard.find("\n\n") {
                let sent = sent(&self.heard[..end]);
                self.heard.drain(..end + 2);
                if !sent.data.is_null() {
                    return Some(sent);
                }
            }
            let chunk = self.response.chunk().await.expect("the stream ends cleanly")?;
            self.heard += std::str::from_utf8(&chunk).expect("pieces end between characters");
        }
    }
}

fn sent(block: &str) -> Sent {
    let mut sent = Sent::default();
    for line in block.lines() {
        match line.split_once(": ") {
            Some(("id", id)) => id.clone_into(&mut sent.id),
            Some(("event", event)) => event.clone_into(&mut sent.event),
            Some(("data", data)) => sent.data = serde_json::from_str(data).expect("data is JSON"),
            Some(_) | None => {}
        }
    }
    sent
}

/// The lines of a snapshot.
pub(crate) async fn snapshot(company: &Company, query: &str) -> Vec<Value> {
    let answer = company.ask_now(&format!("snapshot?{query}")).await.answered(200);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let read = |line: &str| serde_json::from_str(line).expect("each line is JSON");
    answer.text.lines().map(read).collect()
}
