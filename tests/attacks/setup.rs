//! What has to be there before an attack: large users, large groups, many people.

use kit::entra;
use serde_json::{Value, json};

use crate::target::Target;

/// What a request may weigh at most.
const BODY: usize = 1 << 20;

/// The operations of a bulk request.
const OPERATIONS: usize = 1000;

/// A short text that no other number has.
pub(crate) fn short(mut number: usize) -> String {
    let digits = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut text = String::new();
    loop {
        text.push(char::from(digits[number % digits.len()]));
        number /= digits.len();
        if number == 0 {
            return text;
        }
    }
}

pub(crate) fn bulk(operations: &[Value]) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations,
    })
}

pub(crate) fn posted(user: &Value, number: usize) -> Value {
    json!({ "method": "POST", "path": "/Users", "bulkId": short(number), "data": user })
}

impl Target {
    /// A user with so many e-mail addresses of a few letters each.
    pub(crate) async fn user_with_addresses(&self, count: usize) -> String {
        let mut user = entra::workplace_user("many@attacker.example", "Many", "object of Many");
        user["emails"] = (0..count).map(|n| json!({ "value": short(n) })).collect();
        self.attacker.post("Users", &user).await.answered(201).id()
    }

    /// A group with so many members, whom nobody else knows.
    pub(crate) async fn group_of(&self, count: usize) -> String {
        let mut group = entra::group("Crowd");
        group["members"] = (0..count).map(|n| json!({ "value": short(n) })).collect();
        self.attacker.post("Groups", &group).await.answered(201).id()
    }

    /// So many users, made in bulks as large as they may be.
    pub(crate) async fn users(&self, count: usize, user: impl Fn(usize) -> Value) {
        let mut made = 0;
        while made < count {
            let (mut operations, mut size) = (Vec::new(), 100);
            while made < count && operations.len() < OPERATIONS {
                let operation = posted(&user(made), made);
                size += operation.to_string().len() + 1;
                if size > BODY {
                    break;
                }
                operations.push(operation);
                made += 1;
            }
            let done = self.attacker.post("Bulk", &bulk(&operations)).await.answered(200);
            let results = done.body["Operations"].as_array().expect("results");
            assert!(results.iter().all(|result| result["status"] == "201"), "{}", done.text);
        }
    }
}
