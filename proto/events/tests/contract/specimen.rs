//! The specimens of the museum, as files.

use std::collections::BTreeMap;

use events::{Digest, EventKind, Recorded, Seq, Undecodable};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::KEPT;

/// One event as it was published: `museum/<name>.<version>.json`.
#[derive(Debug, Deserialize)]
pub(crate) struct Specimen {
    #[serde(skip)]
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) version: u32,
    pub(crate) subject: String,
    pub(crate) headers: BTreeMap<String, String>,
    body: Box<RawValue>,
}

impl Specimen {
    pub(crate) fn kind(&self) -> EventKind {
        EventKind::from_name(&self.name)
            .unwrap_or_else(|| panic!("museum/{}: there is no kind {:?}", self.file, self.name))
    }

    pub(crate) fn body(&self) -> Value {
        serde_json::from_str(self.body.get()).unwrap()
    }

    pub(crate) fn digest(&self) -> Digest {
        let header_of = |name| self.headers.get(name).map(String::as_str);
        Digest::of_message(&self.subject, header_of, compact(self.body.get()).as_bytes())
    }

    pub(crate) fn read(&self) -> Result<Recorded, Undecodable> {
        let header_of = |name| self.headers.get(name).map(String::as_str);
        Recorded::decode(
            Seq(1),
            true,
            &self.subject,
            header_of,
            compact(self.body.get()).as_bytes(),
        )
    }
}

/// All specimens, in the order of their names.
pub(crate) fn specimens() -> Vec<Specimen> {
    let specimen = |file: String| {
        let text = KEPT.read(&format!("museum/{file}"));
        let read: Specimen =
            serde_json::from_str(&text).unwrap_or_else(|e| panic!("museum/{file}: {e}"));
        Specimen { file, ..read }
    };
    KEPT.names_in("museum").into_iter().map(specimen).collect()
}

/// The bytes that were published: the same JSON less the white space that is there for us to
/// read it by. The digest is over these.
fn compact(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    json.chars()
        .filter(|&c| {
            let kept = in_string || !c.is_ascii_whitespace();
            if c == '"' && !escaped {
                in_string = !in_string;
            }
            escaped = c == '\\' && !escaped;
            kept
        })
        .collect()
}

#[test]
fn only_the_white_space_between_values_goes() {
    let spaced = "{ \"a b\" : [ 1,\n 2 ],\t\"c \\\" d\" : \"\\\\\" , \"e\" : \" \" }";
    assert_eq!(compact(spaced), r#"{"a b":[1,2],"c \" d":"\\","e":" "}"#);
}
