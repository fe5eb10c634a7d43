//! What is asked of the server: requests as Entra words them, about people and groups of a size
//! that real ones have.

use bytes::Bytes;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Ask, Connection};
use crate::load::Counter;
use crate::people::{Person, joiner, user_name};
use crate::program::Integration;

/// So many that nobody comes to a group again who is in it already.
const GROUPS: usize = 200;
/// Of a list that is asked for.
const PAGE: usize = 100;

/// The company that is provisioned.
pub(crate) struct Company {
    /// The path of the tenant's SCIM base URL.
    base: String,
    people: Vec<Person>,
    groups: Vec<String>,
    joiners: Counter,
    turns: Counter,
    additions: Counter,
}

/// What one can ask, over and over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Get,
    Find,
    Rename,
    AddMember,
    Create,
}

impl Work {
    /// Creating comes last: until then there are as many people as we say.
    pub(crate) const ALL: [Self; 5] =
        [Self::Get, Self::Find, Self::Rename, Self::AddMember, Self::Create];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "get by id",
            Self::Find => "find by userName",
            Self::Rename => "PATCH displayName",
            Self::AddMember => "add a member",
            Self::Create => "create a user",
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
    /// A company of people whom the server knows already.
    pub(crate) fn new(integration: &Integration, people: Vec<Person>) -> Self {
        let base = integration.scim_base_url.splitn(4, '/').nth(3).unwrap_or_default();
        Self {
            base: format!("/{base}"),
            joiners: Counter::from(people.len()),
            people,
            groups: Vec::new(),
            turns: Counter::default(),
            additions: Counter::default(),
        }
    }

    pub(crate) fn size(&self) -> usize {
        self.people.len()
    }

    /// Makes the groups.
    pub(crate) async fn settle(&mut self, connection: &mut Connection) -> anyhow::Result<()> {
        for number in 0..GROUPS {
            let group = json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                "externalId": format!("{:032x}", number + 1),
                "displayName": format!("Team {number}"),
            });
            let made = connection.say(self.post("Groups", &group)).await?;
            let made: Value = serde_json::from_slice(&made)?;
            self.groups.push(made["id"].as_str().unwrap_or_default().to_owned());
        }
        Ok(())
    }

    /// The next request of a kind. Each asks for something new.
    pub(crate) fn ask(&self, work: Work) -> Ask {
        match work {
            Work::Create => self.post("Users", &joiner(self.joiners.next())),
            Work::Get => self.get(&format!("Users/{}", self.somebody().id)),
            Work::Find => {
                let name = user_name(self.somebody().number);
                self.get(&format!("Users?filter=userName%20eq%20%22{name}%22"))
            }
            Work::Rename => {
                let person = self.somebody();
                let name = format!("Renamed {}", self.turns.next());
                let operation = json!({ "op": "Replace", "path": "displayName", "value": name });
                self.patch(&format!("Users/{}", person.id), &operation, StatusCode::OK)
            }
            Work::AddMember => {
                let turn = self.additions.next();
                let person = &self.people[turn % self.people.len()];
                // Nobody comes to the same group twice before they have been in all.
                let group = &self.groups[(turn + turn / self.people.len()) % self.groups.len()];
                self.add_member(group, person)
            }
        }
    }

    pub(crate) fn add_member(&self, group: &str, person: &Person) -> Ask {
        let members = json!([{ "value": person.id }]);
        let operation = json!({ "op": "Add", "path": "members", "value": members });
        self.patch(&format!("Groups/{group}"), &operation, StatusCode::NO_CONTENT)
    }

    /// A page of everybody, after nine tenths of them; and where it begins.
    pub(crate) fn far_page(&self) -> (usize, Ask) {
        let start = self.people.len() / 10 * 9;
        (start, self.get(&format!("Users?startIndex={start}&count={PAGE}")))
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
