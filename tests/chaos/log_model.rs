//! The log, as the checker reads it: what each request wrote, and the value of every register at
//! every position.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

/// Something whose value changes from position to position.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Register {
    /// A user's display name; nothing once the user is gone.
    User(String),
    /// Those who bear a login, in lower case. There must never be two.
    Login(String),
    /// A group's members.
    Group(String),
}

pub(crate) type Values = BTreeSet<String>;

/// What an answer says about a register.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) register: Register,
    pub(crate) holds: Held,
}

#[derive(Clone, Debug)]
pub(crate) enum Held {
    Just(Values),
    Among(String),
    NotAmong(String),
    Something,
}

impl Held {
    pub(crate) fn just<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Just(values.into_iter().map(str::to_owned).collect())
    }

    fn by(&self, values: &Values) -> bool {
        match self {
            Self::Just(just) => values == just,
            Self::Among(value) => values.contains(value),
            Self::NotAmong(value) => !values.contains(value),
            Self::Something => !values.is_empty(),
        }
    }
}

/// An event about a user or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) position: u64,
    pub(crate) name: String,
}

/// The history of one tenant, as its log tells it.
#[derive(Debug, Default)]
pub(crate) struct LogModel {
    registers: HashMap<Register, BTreeMap<u64, Values>>,
    facts: HashMap<String, Vec<Fact>>,
    /// The login of each live user.
    logins: HashMap<String, String>,
    /// The resources that each employee has had.
    resources: HashMap<String, Values>,
    end: u64,
}

impl LogModel {
    /// Reads events as `rollcall events list --json --reveal` prints them.
    pub(crate) fn of(events: &[Value]) -> Self {
        let mut log_model = Self::default();
        for event in events {
            log_model.read(event);
        }
        log_model
    }

    /// What a request wrote, in order.
    pub(crate) fn written_by(&self, request: &str) -> &[Fact] {
        self.facts.get(request).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn requests(&self) -> impl Iterator<Item = (&String, &Vec<Fact>)> {
        self.facts.iter()
    }

    /// Positions at which two users bore one login, and which.
    pub(crate) fn doubles(&self) -> impl Iterator<Item = (u64, &Values)> {
        self.registers
            .iter()
            .filter(|(register, _)| matches!(register, Register::Login(_)))
            .flat_map(|(_, values)| values)
            .filter(|(_, bearers)| bearers.len() > 1)
            .map(|(position, bearers)| (*position, bearers))
    }

    /// Whether all claims hold at a position.
    pub(crate) fn agrees(&self, claims: &[Claim], position: u64) -> bool {
        claims.iter().all(|claim| claim.holds.by(&self.at(&claim.register, position)))
    }

    /// The first position from `floor` to `ceiling` at which all claims hold.
    pub(crate) fn earliest(&self, claims: &[Claim], floor: u64, ceiling: u64) -> Option<u64> {
        if floor > ceiling {
            return None;
        }
        let mut moments: Vec<u64> = claims
            .iter()
            .filter_map(|claim| self.registers.get(&claim.register))
            .flat_map(|values| values.range(floor..=ceiling).map(|(position, _)| *position))
            .chain([floor])
            .collect();
        moments.sort_unstable();
        moments.into_iter().find(|position| self.agrees(claims, *position))
    }

    /// What a register held at a position.
    pub(crate) fn at(&self, register: &Register, position: u64) -> Values {
        let values = self.registers.get(register);
        let last = values.and_then(|values| values.range(..=position).next_back());
        last.map(|(_, values)| values.clone()).unwrap_or_default()
    }

    fn read(&mut self, event: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let name = text(&event["type"]);
        self.end = event["position"].as_u64().expect("an event has a position");
        if !name.starts_with("user.") && !name.starts_with("group.") {
            return;
        }
        let fact = Fact { position: self.end, name: name.clone() };
        self.facts.entry(text(&event["request"])).or_default().push(fact);
        let data = &event["data"];
        let (user, group) = (text(&data["resourceId"]), Register::Group(text(&data["teamId"])));
        let employee = text(&data["employeeId"]);
        let values = |list: &str| {
            let members = data[list].as_array().into_iter().flatten();
            members.map(|member| text(&member["value"])).collect::<Values>()
        };
        match name.as_str() {
            "user.created"
            | "user.returned"
            | "user.changed"
            | "user.deactivated"
            | "user.reactivated"
            | "user.resource-changed" => {
                self.resources.entry(employee).or_default().insert(user.clone());
                let profile = &data["profile"];
                self.login(&user, Some(text(&profile["userName"]).to_lowercase()));
                let shown = Values::from([text(&profile["displayName"])]);
                self.set(Register::User(user), shown);
            }
            "user.deleted" | "user.resource-deleted" => {
                self.login(&user, None);
                self.set(Register::User(user), Values::new());
            }
            "group.created" | "group.members-added" => {
                let members = &self.at(&group, self.end) | &values("members");
                self.set(group, members);
            }
            "group.members-removed" => {
                let members = &self.at(&group, self.end) - &values("members");
                self.set(group, members);
            }
            "group.members-replaced" => {
                let members = &(&self.at(&group, self.end) - &values("removed")) | &values("added");
                self.set(group, members);
            }
            "group.member-resources-changed" => {
                let theirs = self.resources.get(&employee).cloned().unwrap_or_default();
                let named = data["resources"].as_array().into_iter().flatten();
                let named = named.map(|resource| text(&resource["resourceId"])).collect();
                let members = &(&self.at(&group, self.end) - &theirs) | &named;
                self.set(group, members);
            }
            _ => {}
        }
    }

    fn login(&mut self, user: &str, login: Option<String>) {
        let before = match &login {
            Some(login) => self.logins.insert(user.to_owned(), login.clone()),
            None => self.logins.remove(user),
        };
        if let Some(before) = before {
            let register = Register::Login(before);
            let mut bearers = self.at(&register, self.end);
            bearers.remove(user);
            self.set(register, bearers);
        }
        if let Some(login) = login {
            let register = Register::Login(login);
            let mut bearers = self.at(&register, self.end);
            bearers.insert(user.to_owned());
            self.set(register, bearers);
        }
    }

    fn set(&mut self, register: Register, values: Values) {
        self.registers.entry(register).or_default().insert(self.end, values);
    }
}
