//! Requests are counted by route, method and status.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::StatusCode;

use super::*;
use crate::ServerMetrics;

/// One line of a scrape: its name, its labels and its value.
type Sample = (String, Vec<(String, String)>, f64);

/// Reads `OpenMetrics` text by the letter of its grammar, as far as we write it; panics at what is
/// not of it.
fn parsed(text: &str) -> Vec<Sample> {
    let body = text.strip_suffix("# EOF\n").expect("it ends with # EOF");
    let (mut samples, mut seen) = (Vec::new(), BTreeSet::new());
    let (mut family, mut kind) = (String::new(), String::new());
    for line in body.lines() {
        if let Some(described) = line.strip_prefix("# ") {
            let (what, rest) = described.split_once(' ').expect("a descriptor names a family");
            let (name, value) = rest.split_once(' ').expect("a descriptor has a value");
            match what {
                "HELP" => {
                    assert!(seen.insert(name.to_owned()), "{name} is described twice");
                    assert!(!value.is_empty(), "{name} is not explained");
                    (family, kind) = (name.to_owned(), String::new());
                }
                "TYPE" => {
                    assert_eq!(name, family);
                    assert!(["gauge", "counter", "histogram"].contains(&value), "{line}");
                    value.clone_into(&mut kind);
                }
                "UNIT" => assert!(name == family && name.ends_with(&format!("_{value}")), "{line}"),
                other => panic!("# {other} is no descriptor"),
            }
            continue;
        }
        let (name, rest) = line.split_at(line.find(['{', ' ']).expect("a sample has a value"));
        let suffixes: &[&str] = match kind.as_str() {
            "gauge" => &[""],
            "counter" => &["_total"],
            "histogram" => &["_bucket", "_sum", "_count"],
            other => panic!("{name} has the type {other:?}"),
        };
        let suffix = name.strip_prefix(&family).expect("samples stand below their family");
        assert!(suffixes.contains(&suffix), "{line}");
        let is_name = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        assert!(is_name(name), "{line}");
        let (labels, value) = match rest.strip_prefix('{') {
            Some(rest) => labels(rest),
            None => (Vec::new(), rest),
        };
        assert!(labels.iter().all(|(label, _)| is_name(label)), "{line}");
        let value = value.strip_prefix(' ').expect("a space before the value");
        samples.push((name.to_owned(), labels, value.parse().expect("a number")));
    }
    samples
}

/// The labels up to the brace that ends them, unescaped, and what follows it.
fn labels(mut text: &str) -> (Vec<(String, String)>, &str) {
    let mut labels = Vec::new();
    loop {
        let (label, rest) = text.split_once("=\"").expect("a label has a value in quotes");
        let (mut value, mut characters) = (String::new(), rest.chars());
        loop {
            match characters.next().expect("the quotes are closed") {
                '"' => break,
                '\\' => match characters.next() {
                    Some('n') => value.push('\n'),
                    Some(escaped @ ('"' | '\\')) => value.push(escaped),
                    other => panic!("\\{other:?} is no escape"),
                },
                '\n' => panic!("a line break that is not escaped"),
                plain => value.push(plain),
            }
        }
        labels.push((label.to_owned(), value));
        let rest = characters.as_str();
        match rest.strip_prefix(',') {
            Some(more) => text = more,
            None => return (labels, rest.strip_prefix('}').expect("the labels end")),
        }
    }
}

fn value(samples: &[Sample], name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let fits = |sample: &&Sample| {
        let has = |(label, value): &(&str, &str)| {
            sample.1.iter().any(|(its, is)| its == label && is == value)
        };
        sample.0 == name && labels.iter().all(has)
    };
    samples.iter().find(fits).map(|(_, _, value)| *value)
}

#[test]
fn what_was_answered_is_counted_by_route_method_and_status() {
    let (mut registry, metrics) = (Registry::default(), ServerMetrics::default());
    metrics.register(&mut registry);
    let took = Duration::from_millis(3);
    metrics.answered("/scim/v2/{tenant}/Users/{id}", "GET", StatusCode::OK, took);
    metrics.answered("/scim/v2/{tenant}/Users/{id}", "GET", StatusCode::OK, took);
    metrics.answered("*", "POST", StatusCode::NOT_FOUND, took);
    metrics.connections.inc();
    let samples = parsed(&text(&registry));
    let name = |suffix: &str| format!("rollcall_http_request_duration_seconds{suffix}");
    let user = [("route", "/scim/v2/{tenant}/Users/{id}"), ("method", "GET"), ("status", "200")];
    assert_eq!(value(&samples, &name("_count"), &user), Some(2.0));
    let sum = value(&samples, &name("_sum"), &user).unwrap();
    assert!((sum - 0.006).abs() < 1e-9, "{sum}");
    let bucket = |bound| value(&samples, &name("_bucket"), &[&user[..], &[("le", bound)]].concat());
    assert_eq!(
        (bucket("0.0025"), bucket("0.005"), bucket("+Inf")),
        (Some(0.0), Some(2.0), Some(2.0))
    );
    assert_eq!(value(&samples, &name("_count"), &[("status", "404")]), Some(1.0));
    assert_eq!(value(&samples, "rollcall_http_connections", &[]), Some(1.0));
}

#[test]
fn what_is_asked_for_at_a_scrape_is_shown_as_it_is_then() {
    let mut registry = Registry::default();
    gauge(&mut registry, "position", "The last event.", || Some(7));
    gauge(&mut registry, "nothing", "A gauge without a value.", || None);
    let sent = || vec![("a\"b\\c\nd".to_owned(), 2), ("plain".to_owned(), 3)];
    gauge_by_label(&mut registry, "sent", "How often.", "attribute", sent);
    let histogram = Histogram::new([0.5, 1.0]);
    histogram.observe(0.75);
    let kept = vec![("directory", histogram), ("teams", Histogram::new([0.5, 1.0]))];
    seconds_by_label(&mut registry, "apply", "How long it takes.", "projection", kept);
    let samples = parsed(&text(&registry));
    assert_eq!(value(&samples, "position", &[]), Some(7.0));
    assert_eq!(value(&samples, "nothing", &[]), None);
    assert_eq!(value(&samples, "sent", &[("attribute", "a\"b\\c\nd")]), Some(2.0));
    assert_eq!(value(&samples, "sent", &[("attribute", "plain")]), Some(3.0));
    let count = |name| value(&samples, "apply_seconds_count", &[("projection", name)]);
    assert_eq!((count("directory"), count("teams")), (Some(1.0), Some(0.0)));
}
