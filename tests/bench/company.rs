//! What is asked of the server: requests as Entra words them, about people and groups of a size
//! that real ones have.

use bytes::Bytes;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Ask, Connection};
use crate::load::Counter;
use crate::program::Integration;

const GROUPS: usize = 25;
const PAGE: usize = 100;

/// The company that is provisioned.
pub(crate) struct Company {
    /// The path of the tenant's SCIM base URL.
    base: String,
    people: Vec<Person>,
    groups: Vec<String>,
    joiners: Counter,
    turns: Counter,
    adds: Counter,
}

struct Person {
    id: String,
    user_name: String,
}

/// What one can ask, over and over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Create,
    Get,
    Find,
    Rename,
    AddMember,
}

impl Work {
    pub(crate) const ALL: [Self; 5] =
        [Self::Create, Self::Get, Self::Find, Self::Rename, Self::AddMember];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create => "create a user",
            Self::Get => "get by id",
            Self::Find => "find by userName",
            Self::Rename => "PATCH displayName",
            Self::AddMember => "add a member",
        }
    }

    pub(crate) fn writes(self) -> bool {
        match self {
            Self::Create | Self::Rename | Self::AddMember => true,
            Self::Get | Self::Find => false,
        }
    }
}

impl Company {
    pub(crate) fn new(integration: &Integration) -> Self {
        let base = integration.scim_base_url.splitn(4, '/').nth(3).unwrap_or_default();
        Self {
            base: format!("/{base}"),
            people: Vec::new(),
            groups: Vec::new(),
            joiners: Counter::default(),
            turns: Counter::default(),
            adds: Counter::default(),
        }
    }

    /// Makes the groups, and takes note of everybody who has been created.
    pub(crate) async fn settle(&mut self, connection: &mut Connection) -> anyhow::Result<()> {
        for number in 0..GROUPS {
            let group = json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                "externalId": format!("{:032x}", number + 1),
                "displayName": format!("Team {number}"),
            });
            let made = connection.say(self.post("Groups", &group)).await?;
            self.groups.push(text(&serde_json::from_slice(&made)?, "id"));
        }
        loop {
            let start = self.people.len() + 1;
            let page =
                self.get(&format!("Users?attributes=userName&startIndex={start}&count={PAGE}"));
            let page: Value = serde_json::from_slice(&connection.say(page).await?)?;
            let Some(found) = page["Resources"].as_array().filter(|found| !found.is_empty()) else {
                return Ok(());
            };
            self.people.extend(found.iter().map(|person| Person {
                id: text(person, "id"),
                user_name: text(person, "userName"),
            }));
        }
    }

    /// The next request of a kind. Each asks for something new.
    pub(crate) fn ask(&self, work: Work) -> Ask {
        match work {
            Work::Create => self.post("Users", &joiner(self.joiners.next())),
            Work::Get => self.get(&format!("Users/{}", self.somebody().id)),
            Work::Find => {
                let name = &self.somebody().user_name;
                self.get(&format!("Users?filter=userName%20eq%20%22{name}%22"))
            }
            Work::Rename => {
                let person = self.somebody();
                let name = format!("Renamed {}", self.turns.next());
                let operation = json!({ "op": "Replace", "path": "displayName", "value": name });
                self.patch(&format!("Users/{}", person.id), &operation, StatusCode::OK)
            }
            Work::AddMember => {
                let turn = self.adds.next();
                let person = &self.people[turn % self.people.len()];
                // Nobody comes to the same group twice before they have been in all.
                let group = &self.groups[(turn + turn / self.people.len()) % self.groups.len()];
                let members = json!([{ "value": person.id }]);
                let operation = json!({ "op": "Add", "path": "members", "value": members });
                self.patch(&format!("Groups/{group}"), &operation, StatusCode::NO_CONTENT)
            }
        }
    }

    fn somebody(&self) -> &Person {
        // A prime apart, so that neighbours in time are none in memory.
        &self.people[self.turns.next() * 7919 % self.people.len()]
    }

    fn post(&self, endpoint: &str, body: &Value) -> Ask {
        let right = StatusCode::CREATED;
        self.request(Method::POST, endpoint, Bytes::from(body.to_string()), right)
    }

    fn get(&self, endpoint: &str) -> Ask {
        self.request(Method::GET, endpoint, Bytes::new(), StatusCode::OK)
    }

    fn patch(&self, endpoint: &str, operation: &Value, right: StatusCode) -> Ask {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [operation],
        });
        self.request(Method::PATCH, endpoint, Bytes::from(body.to_string()), right)
    }

    fn request(&self, method: Method, endpoint: &str, body: Bytes, right: StatusCode) -> Ask {
        Ask { method, path: format!("{}/{endpoint}", self.base), body, right }
    }
}

/// Somebody new, with what the Workplace mapping says about them.
fn joiner(number: usize) -> Value {
    let address = format!("person.{number}@bench.example");
    json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        ],
        "externalId": format!("{number:08x}-58b3-4c7d-9d0f-1c2a3b4c5d6e"),
        "userName": address,
        "active": true,
        "displayName": format!("Person {number}"),
        "name": { "givenName": "Person", "familyName": format!("Number {number}") },
        "title": "Programmer",
        "emails": [{ "primary": true, "type": "work", "value": address }],
        "phoneNumbers": [{ "type": "mobile", "value": "+44 20 7946 0000" }],
        "preferredLanguage": "en-GB",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "employeeNumber": number.to_string(),
            "department": "Analytical engines",
        },
    })
}

fn text(resource: &Value, name: &str) -> String {
    resource[name].as_str().unwrap_or_default().to_owned()
}
