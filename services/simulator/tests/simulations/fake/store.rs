//! What the fake server keeps, and the few rules that it follows.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

#[derive(Default)]
pub(crate) struct Store {
    pub(crate) users: BTreeMap<String, Map<String, Value>>,
    pub(crate) groups: BTreeMap<String, Map<String, Value>>,
    /// Group, user, and the position at which the membership began.
    pub(crate) members: BTreeMap<(String, String), u64>,
    /// Everybody who ever was: employee id → current resource and the attributes as last known.
    pub(crate) employees: BTreeMap<String, (String, Map<String, Value>, bool)>,
    pub(crate) position: u64,
    made: u64,
}

impl Store {
    pub(crate) fn create_user(
        &mut self,
        mut body: Map<String, Value>,
    ) -> Option<Map<String, Value>> {
        let name = key(&body["userName"]);
        if self.users.values().any(|user| key(&user["userName"]) == name) {
            return None;
        }
        let id = self.new_id("u");
        body.remove("roles");
        body.insert("id".into(), json!(id));
        body.entry("active").or_insert(json!(true));
        let returning = self.employees.iter().find(|(_, (resource, before, _))| {
            !self.users.contains_key(resource) && same_person(before, &body)
        });
        let employee = returning.map_or_else(|| id.clone(), |(employee, _)| employee.clone());
        self.employees.insert(employee, (id.clone(), body.clone(), true));
        self.users.insert(id, body.clone());
        Some(body)
    }

    pub(crate) fn create_group(
        &mut self,
        mut body: Map<String, Value>,
    ) -> Option<Map<String, Value>> {
        let name = key(&body["displayName"]);
        if self.groups.values().any(|group| key(&group["displayName"]) == name) {
            return None;
        }
        let id = self.new_id("g");
        body.insert("id".into(), json!(id));
        self.groups.insert(id, body.clone());
        Some(body)
    }

    pub(crate) fn delete_user(&mut self, id: &str) -> bool {
        self.position += 1;
        self.members.retain(|(_, user), _| user != id);
        for (resource, _, is_active) in self.employees.values_mut() {
            *is_active = *is_active && resource != id;
        }
        self.users.remove(id).is_some()
    }

    pub(crate) fn delete_group(&mut self, id: &str) -> bool {
        self.position += 1;
        self.members.retain(|(group, _), _| group != id);
        self.groups.remove(id).is_some()
    }

    /// Applies a PATCH in either dialect; `false` when there is no such resource.
    pub(crate) fn patch(&mut self, is_group: bool, id: &str, body: &Value) -> bool {
        self.position += 1;
        for operation in body["Operations"].as_array().unwrap() {
            let op = operation["op"].as_str().unwrap().to_lowercase();
            let path = operation["path"].as_str();
            let values = match (path, &operation["value"]) {
                (Some(path), value) => vec![(path.to_owned(), value.clone())],
                (None, Value::Object(object)) => object.clone().into_iter().collect(),
                (None, other) => panic!("a path-less operation with {other}"),
            };
            for (path, value) in values {
                if path.starts_with("members") {
                    self.patch_members(id, &op, &path, &value);
                    continue;
                }
                let resources = if is_group { &mut self.groups } else { &mut self.users };
                let Some(resource) = resources.get_mut(id) else { return false };
                set(resource, &path, value);
            }
        }
        if let Some(user) = self.users.get(id) {
            for (resource, known, is_active) in self.employees.values_mut() {
                if resource == id {
                    known.clone_from(user);
                    *is_active = user["active"] == json!(true);
                }
            }
        }
        self.users.contains_key(id) || self.groups.contains_key(id)
    }

    fn patch_members(&mut self, group: &str, op: &str, path: &str, value: &Value) {
        let named = match path.split('"').nth(1) {
            Some(user) => vec![user.to_owned()],
            None => value
                .as_array()
                .unwrap()
                .iter()
                .map(|member| member["value"].as_str().unwrap().to_owned())
                .collect(),
        };
        for user in named {
            let membership = (group.to_owned(), user);
            match op {
                "add" => {
                    self.members.entry(membership).or_insert(self.position);
                }
                "remove" => {
                    self.members.remove(&membership);
                }
                other => panic!("members are never the object of {other}"),
            }
        }
    }

    fn new_id(&mut self, prefix: &str) -> String {
        self.position += 1;
        self.made += 1;
        format!("{prefix}{:06}", self.made)
    }
}

fn same_person(before: &Map<String, Value>, now: &Map<String, Value>) -> bool {
    let is_workplace = now.contains_key("displayName");
    let external_ids = (before.get("externalId"), now.get("externalId"));
    if is_workplace {
        return external_ids.0.is_some() && external_ids.0 == external_ids.1;
    }
    let contradict = matches!(external_ids, (Some(before), Some(now)) if before != now);
    let (before, now) = (key(&before["userName"]), key(&now["userName"]));
    let renamed = before.get(32..) == Some(now.as_str());
    (before == now || renamed) && !contradict
}

fn set(resource: &mut Map<String, Value>, path: &str, value: Value) {
    let value = match (path, &value) {
        ("active", Value::String(text)) => json!(text.eq_ignore_ascii_case("true")),
        _ => value,
    };
    if path == "phoneNumbers[type eq \"mobile\"].value" {
        resource.insert("phoneNumbers".into(), json!([{"type": "mobile", "value": value}]));
    } else if let Some((whole, part)) = path.split_once('.') {
        resource.entry(whole).or_insert(json!({}))[part] = value;
    } else {
        resource.insert(path.to_owned(), value);
    }
}

fn key(name: &Value) -> String {
    name.as_str().unwrap().to_lowercase()
}
