//! What is asked of the server: requests as Entra words them, about people and groups of a size
//! that real ones have.

use std::cell::{Cell, RefCell};

use bytes::Bytes;
use futures_util::future::try_join_all;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Ask, Connection, Target};
use crate::load::Counter;
use crate::people::{Person, joiner, user_name};
use crate::program::Integration;

/// So many that nobody comes to a group again who is in it already.
const GROUPS: usize = 200;
/// Who make groups at a time.
const CALLERS: usize = 32;
/// How many people never leave: whoever is renamed meanwhile, and is in groups.
const STAY: usize = 500;
/// Of a list that is asked for.
const PAGE: usize = 100;

/// The company that is provisioned.
pub(crate) struct Company {
    /// The path of the tenant's SCIM base URL.
    base: String,
    people: Vec<Person>,
    groups: Vec<String>,
    joiners: Counter,
    /// Whose turn it is to leave.
    leavers: Counter,
    /// Groups with members, to be deleted.
    doomed: RefCell<Vec<String>>,
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
    /// The three that use up what is there.
    Deactivate,
    DeleteUser,
    DeleteGroup,
}

impl Work {
    /// What can be asked for ever. Creating comes last: until then there are as many people as we say.
    pub(crate) const ENDLESS: [Self; 5] =
        [Self::Get, Self::Find, Self::Rename, Self::AddMember, Self::Create];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "get by id",
            Self::Find => "find by userName",
            Self::Rename => "PATCH displayName",
            Self::AddMember => "add a member",
            Self::Create => "create a user",
            Self::Deactivate => "deactivate a user",
            Self::DeleteUser => "delete a user",
            Self::DeleteGroup => "delete a group",
        }
    }

    pub(crate) fn writes(self) -> bool {
        match self {
            Self::Create
            | Self::Rename
            | Self::AddMember
            | Self::Deactivate
            | Self::DeleteUser
            | Self::DeleteGroup => true,
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
            leavers: Counter::default(),
            doomed: RefCell::default(),
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

    /// Makes so many groups with members, to be deleted.
    pub(crate) async fn form(
        &self,
        target: &Target,
        groups: usize,
        members: usize,
    ) -> anyhow::Result<()> {
        let missing = groups.saturating_sub(self.doomed.borrow().len());
        let left = Cell::new(missing);
        let mut callers = try_join_all((0..CALLERS).map(|_| target.connect())).await?;
        try_join_all(callers.iter_mut().map(async |caller| {
            while left.get() > 0 {
                left.set(left.get() - 1);
                let number = self.additions.next();
                // Those who never leave come last.
                let someone = |n| &self.people[self.people.len() - 1 - (number + n) % STAY];
                let members: Vec<Value> =
                    (0..members).map(|n| json!({ "value": someone(n).id })).collect();
                let group = json!({
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                    "displayName": format!("Doomed {number}"),
                    "members": members,
                });
                let made = caller.say(self.post("Groups", &group)).await?;
                let made: Value = serde_json::from_slice(&made)?;
                let id = made["id"].as_str().unwrap_or_default().to_owned();
                self.doomed.borrow_mut().push(id);
            }
            anyhow::Ok(())
        }))
        .await?;
        Ok(())
    }

    /// The next request of a kind, as long as there is somebody or something left for it.
    pub(crate) fn ask_while_any(&self, work: Work) -> Option<Ask> {
        match work {
            Work::Deactivate => {
                let operation = json!({ "op": "Replace", "path": "active", "value": "False" });
                let path = format!("Users/{}", self.leaver()?.id);
                Some(self.patch(&path, &operation, StatusCode::OK))
            }
            Work::DeleteUser => Some(self.delete(&format!("Users/{}", self.leaver()?.id))),
            Work::DeleteGroup => {
                let group = self.doomed.borrow_mut().pop()?;
                Some(self.delete(&format!("Groups/{group}")))
            }
            Work::Rename => {
                // Of those who stay.
                let stays = &self.people[self.people.len() - 1 - self.turns.next() % STAY];
                Some(self.rename(stays))
            }
            Work::Get | Work::Find | Work::AddMember | Work::Create => Some(self.ask(work)),
        }
    }

    fn leaver(&self) -> Option<&Person> {
        self.people[..self.people.len() - STAY].get(self.leavers.next())
    }

    /// The next request of a kind that can be asked for ever. Each asks for something new.
    pub(crate) fn ask(&self, work: Work) -> Ask {
        match work {
            Work::Create => self.post("Users", &joiner(self.joiners.next())),
            Work::Get => self.get(&format!("Users/{}", self.somebody().id)),
            Work::Find => {
                let name = user_name(self.somebody().number);
                self.get(&format!("Users?filter=userName%20eq%20%22{name}%22"))
            }
            Work::Rename => self.rename(self.somebody()),
            Work::AddMember => {
                let turn = self.additions.next();
                let person = &self.people[turn % self.people.len()];
                // Nobody comes to the same group twice before they have been in all.
                let group = &self.groups[(turn + turn / self.people.len()) % self.groups.len()];
                self.add_member(group, person)
            }
            Work::Deactivate | Work::DeleteUser | Work::DeleteGroup => {
                unreachable!("{} uses up what is there", work.name())
            }
        }
    }

    fn rename(&self, person: &Person) -> Ask {
        let name = format!("Renamed {}", self.turns.next());
        let operation = json!({ "op": "Replace", "path": "displayName", "value": name });
        self.patch(&format!("Users/{}", person.id), &operation, StatusCode::OK)
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

    fn delete(&self, endpoint: &str) -> Ask {
        self.request(Method::DELETE, endpoint, Bytes::new(), StatusCode::NO_CONTENT)
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
