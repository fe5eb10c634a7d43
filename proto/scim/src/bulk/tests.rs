use proptest::prelude::*;
use serde_json::json;

use super::*;

fn body(operations: &Value) -> Value {
    json!({ "schemas": [BulkRequest::SCHEMA], "Operations": operations })
}

fn request(operations: &Value) -> BulkRequest {
    BulkRequest::parse(body(operations), 1000).unwrap()
}

fn user(bulk_id: &str, manager: Option<&str>) -> Value {
    json!({ "method": "POST", "path": "/Users", "bulkId": bulk_id,
            "data": { "userName": bulk_id, "manager": { "value": manager } } })
}

fn group(bulk_id: &str, members: &[&str]) -> Value {
    let members: Vec<_> = members.iter().map(|value| json!({ "value": value })).collect();
    json!({ "method": "POST", "path": "/Groups", "bulkId": bulk_id,
            "data": { "displayName": bulk_id, "members": members } })
}

#[test]
fn what_does_not_depend_on_each_other_is_one_wave_in_the_order_of_the_request() {
    let request = request(&json!([
        user("a", None),
        { "method": "delete", "path": "/Users/7" },
        user("b", Some("7")),
    ]));
    let [wave] = &request.waves()[..] else { panic!("{:?} is not one wave", request.waves()) };
    assert_eq!(*wave, [0, 1, 2].map(Step::CarryOut));
}

#[test]
fn an_operation_waits_for_what_it_refers_to_wherever_that_stands() {
    let request = request(&json!([
        group("g", &["bulkId:a"]),
        { "method": "PATCH", "path": "/Groups/bulkId:g", "data": {} },
        user("a", None),
    ]));
    assert_eq!(request.waves(), [[2], [0], [1]].map(|wave| wave.map(Step::CarryOut)));
}

#[test]
fn a_circle_is_made_first_and_completed_then() {
    let request = request(&json!([group("a", &["bulkId:b"]), group("b", &["bulkId:a", "7"])]));
    let waves = request.waves();
    assert_eq!(waves, [vec![Step::Begin(1)], vec![Step::CarryOut(0)], vec![Step::Complete(1)]]);
    let begun = request.operations[1].work.as_ref().unwrap().without_unresolved(&HashMap::new());
    let Command::Create(body) = begun.command else { panic!("{begun:?} makes nothing") };
    assert_eq!(body["members"], json!([{ "value": "7" }]));
}

#[test]
fn references_become_ids_wherever_they_stand() {
    let ids = HashMap::from([("a".to_owned(), "1".to_owned())]);
    let request = request(&json!([
        { "method": "PUT", "path": "/Users/bulkId:a", "data": { "manager": "bulkId:a" } },
        { "method": "DELETE", "path": "/Users/bulkId:b" },
    ]));
    let [put, delete] = &request.operations[..] else { panic!("two operations") };
    let put = put.work.as_ref().unwrap().resolved(&ids).unwrap();
    assert_eq!(put.command, Command::Put("1".into(), json!({ "manager": "1" })));
    assert_eq!(delete.work.as_ref().unwrap().resolved(&ids).unwrap_err().status, 409);
}

#[test]
fn an_operation_that_cannot_be_read_spoils_none_of_the_others() {
    let request = request(&json!([
        { "method": "POST", "path": "/Users", "data": {} },
        { "method": "GET", "path": "/Users/1" },
        { "method": "PUT", "path": "/Users", "data": {} },
        { "method": "POST", "path": "/Users/1", "bulkId": "x", "data": {} },
        { "method": "PATCH", "path": "/Users/1" },
        { "method": "DELETE", "path": "/Devices/1" },
        { "method": "DELETE" },
        user("a", None),
        user("a", None),
        { "METHOD": "Delete", "Path": "Users/1/" },
    ]));
    let readable: Vec<_> = request.operations.iter().map(|read| read.work.is_ok()).collect();
    assert_eq!(readable, [false, false, false, false, false, false, false, true, false, true]);
}

#[test]
fn a_body_that_is_no_bulk_request_is_refused() {
    let refused = |body| BulkRequest::parse(body, 1).unwrap_err().status;
    assert_eq!(refused(json!([])), 400);
    assert_eq!(refused(json!({})), 400);
    assert_eq!(refused(json!({ "Operations": [7] })), 400);
    assert_eq!(refused(json!({ "Operations": [], "failOnErrors": "one" })), 400);
    assert_eq!(refused(json!({ "Operations": [{}, {}] })), 413);
}

#[test]
fn a_bulk_request_names_its_schema_and_may_name_others() {
    let read = |schemas: Value| {
        BulkRequest::parse(json!({ "SCHEMAS": schemas, "Operations": [] }), 1).map(|_| ())
    };
    assert_eq!(read(json!([BulkRequest::SCHEMA])), Ok(()));
    assert_eq!(read(json!(["urn:x:y", BulkRequest::SCHEMA.to_lowercase()])), Ok(()));
    let patch = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    for schemas in [json!(null), json!([]), json!([patch]), json!(BulkRequest::SCHEMA), json!({})] {
        let bad = read(schemas).unwrap_err();
        assert_eq!(bad.scim_type, Some(crate::ScimType::InvalidSyntax));
        assert!(bad.detail.contains(BulkRequest::SCHEMA), "{}", bad.detail);
    }
}

proptest! {
    /// Whoever refers to whom: each operation has its turn, and finds what it refers to.
    #[test]
    fn every_operation_is_carried_out_once_and_knows_all_it_needs(
        members in prop::collection::vec(prop::collection::vec(0..8_usize, 0..4), 1..8),
    ) {
        let name = |place: &usize| format!("bulkId:{place}");
        let sent: Vec<Value> = members.iter().enumerate().map(|(place, members)| {
            let members: Vec<String> = members.iter().map(name).collect();
            let members: Vec<&str> = members.iter().map(String::as_str).collect();
            group(&place.to_string(), &members)
        }).collect();
        let request = request(&sent.into());
        let mut made: HashMap<String, String> = HashMap::new();
        let mut turns = vec![0; members.len()];
        for wave in request.waves() {
            for step in &wave {
                let place = step.operation();
                let work = request.operations[place].work.as_ref().unwrap();
                let meant = |name: &&usize| **name < members.len();
                let all_there = members[place].iter().filter(meant).all(|name| made.contains_key(&name.to_string()));
                match step {
                    Step::CarryOut(_) => prop_assert!(all_there, "{work:?} knows only {made:?}"),
                    Step::Complete(_) => {
                        prop_assert!(all_there && made.contains_key(&place.to_string()));
                    }
                    Step::Begin(_) => prop_assert!(!all_there),
                }
                turns[place] += usize::from(!matches!(step, Step::Complete(_)));
            }
            made.extend(wave.iter().map(|step| (step.operation().to_string(), "id".to_owned())));
        }
        prop_assert!(turns.iter().all(|turns| *turns == 1), "{turns:?}");
    }
}
