use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;
use axum::response::IntoResponse;
use proptest::prelude::*;

use super::*;

fn cipher() -> PositionCipher {
    PositionCipher::new(&[7; 32])
}

fn acme() -> Tenant {
    "acme".parse().unwrap()
}

/// The header of an answer that begins at 7 and ends at 8.
fn told(method: &Method, audience: &Audience, response: impl IntoResponse) -> Option<String> {
    let log = Arc::new(AtomicU64::new(7));
    let asked = Arc::clone(&log);
    let position = Position::new(cipher(), move || Seq(asked.load(Ordering::Relaxed)));
    let before = position.before(method);
    log.store(8, Ordering::Relaxed);
    let mut response = response.into_response();
    before.tell(&position, audience, &mut response);
    Some(response.headers().get(HEADER)?.to_str().unwrap().to_owned())
}

/// What Acme is told, as we read it.
fn told_acme(method: &Method, response: impl IntoResponse) -> Result<Seq, NoPosition> {
    let told = told(method, &Audience::Tenant(acme()), response).expect("a position");
    cipher().decrypt(&acme(), &told)
}

#[test]
fn a_read_has_seen_what_was_there_before_it_and_anything_else_can_be_seen_after_it() {
    assert_eq!(told_acme(&Method::GET, ()), Ok(Seq(7)));
    assert_eq!(told_acme(&Method::HEAD, ()), Ok(Seq(7)));
    assert_eq!(told_acme(&Method::POST, ()), Ok(Seq(8)));
}

#[test]
fn whoever_answers_knows_the_position_better() {
    let mut response = StatusCode::NOT_FOUND.into_response();
    response.extensions_mut().insert(Seen(Seq(5)));
    assert_eq!(told_acme(&Method::GET, response), Ok(Seq(5)));
}

#[test]
fn operators_who_are_let_in_see_plain_positions_and_nobody_else_does() {
    assert_eq!(told(&Method::GET, &Audience::Operator, ()), Some("7".to_owned()));
    assert_eq!(told(&Method::GET, &Audience::Operator, StatusCode::UNAUTHORIZED), None);
    assert_eq!(told(&Method::GET, &Audience::Anybody, ()), None);
}

#[test]
fn a_process_that_knows_nothing_of_the_log_says_nothing_of_it() {
    let mut response = ().into_response();
    let position = Position::default();
    position.before(&Method::GET).tell(&position, &Audience::Tenant(acme()), &mut response);
    assert!(response.headers().is_empty());
}

#[test]
fn a_position_of_another_tenant_and_a_plain_number_are_none() {
    let told = cipher().encrypt(&acme(), Seq(7));
    assert_eq!(cipher().decrypt(&"globex".parse().unwrap(), &told), Err(NoPosition));
    assert_eq!(cipher().decrypt(&acme(), "7"), Err(NoPosition));
}

proptest! {
    #[test]
    fn every_position_comes_back_and_all_look_as_long(position: u64) {
        let told = cipher().encrypt(&acme(), Seq(position));
        prop_assert_eq!(told.len(), 64);
        prop_assert_eq!(cipher().decrypt(&acme(), &told), Ok(Seq(position)));
    }
}
