//! Bookings are listed for whoever compares them with a booking system's.

use serde_json::{Value, json};
use uuid::Uuid;

use super::history::{ADA, GLOBEX_READER, ROOMS, ZOE};
use super::lists::all_pages;
use super::world::{get, get_as};

const PATH: &str = "/api/v1/acme/bookings";

fn id(number: u128) -> Value {
    json!(Uuid::from_u128(number))
}

#[tokio::test]
async fn all_bookings_are_listed_those_of_leavers_and_cancelled_ones_too() {
    let all = [id(0xE1), id(0xE2), id(0xE3), id(0xE4)];
    for limit in 1..=all.len() + 1 {
        assert_eq!(all_pages(PATH, "bookings", "id", limit).await, all, "limit {limit}");
    }
    let cancelled = &get(PATH).await.found()["bookings"][2];
    assert_eq!(cancelled["employeeId"], json!(ZOE));
    assert_eq!((&cancelled["former"], &cancelled["state"]), (&json!(true), &json!("cancelled")));
    assert_eq!(cancelled["cancelled"]["reason"], "left us");
    assert_eq!(cancelled["cancelled"]["closedAt"], Value::Null);
    assert_eq!((&cancelled["source"], &cancelled["stale"]), (&json!("default"), &json!(false)));
    let foreign = get_as(GLOBEX_READER, "/api/v1/globex/bookings").await;
    assert_eq!(foreign.column("bookings", "id"), [id(0xF1)]);
}

#[tokio::test]
async fn filters_narrow_the_bookings_down() {
    let ids = async |query: &str| get(&format!("{PATH}?{query}")).await.column("bookings", "id");
    assert_eq!(ids(&format!("employee={ADA}")).await, [id(0xE4)]);
    assert_eq!(ids("source=rooms").await, [id(0xE4)]);
    assert_eq!(ids("source=default&state=booked").await, [id(0xE1), id(0xE2)]);
    assert_eq!(ids("state=cancelled").await, [id(0xE3)]);
    assert_eq!(ids("state=closed").await, [] as [Value; 0]);
    // From a moment on means what is not over then, and up to one what has begun.
    assert_eq!(ids("from=2026-07-01T17:00:00Z").await, [id(0xE3), id(0xE4)]);
    assert_eq!(ids("from=2026-07-01T18:59:59%2B02:00").await, [id(0xE2), id(0xE3), id(0xE4)]);
    assert_eq!(ids("to=2026-07-01T08:00:00Z").await, [id(0xE1)]);
    assert_eq!(ids("to=2026-07-01T08:00:01Z").await, [id(0xE1), id(0xE2)]);
    for (odd, why) in [
        ("state=lost", "state: unknown variant `lost`"),
        ("source=Two+Words", "is no source of bookings"),
        ("employee=ada", "employee"),
        ("from=Monday", "from: "),
    ] {
        get(&format!("{PATH}?{odd}")).await.refused(400, &[why]);
    }
}

#[tokio::test]
async fn a_booking_is_found_by_its_systems_reference_or_by_our_id() {
    assert_eq!(get(&format!("{PATH}/bk-225")).await.found()["id"], id(0xE1));
    let by_id = format!("{PATH}/{}", Uuid::from_u128(0xE1));
    assert_eq!(get(&by_id).await.found()["reference"], "bk-225");
    let both = format!("{PATH}/bk-226");
    get(&both).await.refused(409, &["default", "rooms", "?source="]);
    assert_eq!(get(&format!("{both}?source=rooms")).await.found()["id"], id(0xE4));
    get(&format!("{PATH}/bk-0")).await.refused(404, &["GET bookings"]);
    let foreign = format!("/api/v1/globex/bookings/{}", Uuid::from_u128(0xE1));
    get_as(GLOBEX_READER, &foreign).await.refused(404, &[]);
}

#[tokio::test]
async fn a_token_for_one_source_sees_no_booking_of_another() {
    let rooms = async |path: &str| get_as(ROOMS, path).await;
    assert_eq!(rooms(PATH).await.column("bookings", "id"), [id(0xE4)]);
    assert_eq!(rooms(&format!("{PATH}?source=rooms")).await.column("bookings", "id"), [id(0xE4)]);
    rooms(&format!("{PATH}?source=default")).await.refused(403, &["the source rooms"]);
    assert_eq!(rooms(&format!("{PATH}/bk-226")).await.found()["id"], id(0xE4));
    rooms(&format!("{PATH}/bk-225")).await.refused(404, &[]);
    rooms(&format!("{PATH}/{}", Uuid::from_u128(0xE1))).await.refused(404, &[]);
}
