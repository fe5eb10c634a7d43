//! The test of the test: small crates whose circles are known.

use std::collections::BTreeMap;
use std::path::Path;

use crate::circles::circles;
use crate::modules::{Uses, uses};
use crate::sources::Source;

#[test]
fn a_circle_of_three_is_found_however_its_paths_are_written() {
    let source = [
        ("lib.rs", "mod a; mod b; mod c; pub use a::A;"),
        ("a.rs", "use super::b::{self, other}; pub struct A; fn f() { b::b(); }"),
        ("b.rs", "pub fn b() { log!(\"{}\", crate::c::C::new()) } pub fn other() {}"),
        ("c.rs", "pub struct C; impl C { pub fn new() { use crate::A as B; B; } }"),
    ];
    let found = circles(&read(&source));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].len(), 3);
}

#[test]
fn a_glob_and_a_text_of_serde_count_where_they_lead() {
    let source = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use super::b::*; pub struct A; fn f(b: B) {}"),
        ("b.rs", "pub struct B { #[serde(with = \"crate::c::text\")] x: u8 } id!(Made);"),
        ("c/mod.rs", "pub mod text { fn f(_: crate::a::A, _: crate::b::Made) {} }"),
    ];
    let uses = read(&source);
    // A module by itself is no item; an item within is.
    assert!(!names(&uses, "b.rs").contains_key("c/mod.rs"));
    assert_eq!(names(&uses, "a.rs")["b.rs"], ["B"]);
    assert_eq!(names(&uses, "c/mod.rs")["b.rs"], ["Made"]);
}

#[test]
fn re_exports_modules_tests_fields_and_visibility_are_no_uses() {
    let source = [
        ("lib.rs", "pub mod a; mod b; pub use b::B; pub(crate) use a::A; #[cfg(test)] mod t;"),
        (
            "a.rs",
            "pub struct A { pub(in crate::b) b: u8, b2: u8 } #[cfg(test)] fn t() { crate::B; }
            impl A { #[cfg(test)] fn t(self) -> crate::B { crate::B } fn g(self) { self.b2(); } }",
        ),
        ("b.rs", "use crate::A; pub struct B; fn b2() { let _ = events::A; }"),
        ("t.rs", "use crate::{A, B};"),
    ];
    let uses = read(&source);
    assert_eq!(names(&uses, "b.rs")["a.rs"], ["A"]);
    assert_eq!(uses.len(), 1, "{uses:?}");
}

fn read(files: &[(&str, &str)]) -> Uses {
    let files: BTreeMap<&Path, &str> =
        files.iter().map(|(n, text)| (Path::new(*n), *text)).collect();
    let read = |path: &Path| files.get(path).map(|text| (*text).to_owned());
    let (uses, lost) = uses(Source::read_with(Path::new("lib.rs"), &read));
    assert!(lost.is_empty(), "{lost:?}");
    uses
}

fn names(uses: &Uses, from: &str) -> BTreeMap<String, Vec<String>> {
    let to = uses.get(Path::new(from)).into_iter().flatten();
    to.map(|(to, names)| (to.display().to_string(), names.iter().cloned().collect())).collect()
}
