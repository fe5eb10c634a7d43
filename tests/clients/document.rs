//! The document, and whether an answer is one that it describes.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{fs, iter};

use kit::http::Answer;
use serde_json::{Value, json};

pub(crate) struct Document(pub(crate) Value);

/// One of the operations: its method, its path, and what is said of it.
#[derive(Clone, Copy)]
pub(crate) struct Operation<'d> {
    pub(crate) method: &'d str,
    pub(crate) path: &'d str,
    pub(crate) told: &'d Value,
}

/// Where the reviewed document is.
pub(crate) fn path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../api/openapi.json"))
}

impl Document {
    pub(crate) fn reviewed() -> Self {
        let text = fs::read_to_string(path()).expect("read the document");
        Self(serde_json::from_str(&text).expect("the document is JSON"))
    }

    pub(crate) fn operations(&self) -> Vec<Operation<'_>> {
        let paths = self.0["paths"].as_object().expect("paths");
        paths
            .iter()
            .flat_map(|(path, item)| iter::repeat(path).zip(item.as_object().expect("an item")))
            .map(|(path, (method, told))| Operation { method, path, told })
            .collect()
    }

    /// What the document says, or what it refers to.
    fn resolved<'d>(&'d self, value: &'d Value) -> &'d Value {
        match value["$ref"].as_str().and_then(|path| path.strip_prefix('#')) {
            Some(pointer) => self.0.pointer(pointer).expect("the reference leads somewhere"),
            None => value,
        }
    }

    /// Insists that an operation may answer like this.
    #[track_caller]
    pub(crate) fn holds(&self, operation: Operation<'_>, answer: &Answer) {
        let status = answer.status.as_str();
        let name = format!("{} {}: {status}", operation.method, operation.path);
        let response = &operation.told["responses"][status];
        assert!(response.is_object(), "{name} is not documented: {}", answer.text);
        let response = self.resolved(response);
        self.has_the_headers(&name, response, answer);
        let Some(contents) = response["content"].as_object() else {
            assert_eq!(answer.text, "", "{name} has no documented body");
            return;
        };
        let kind = answer.header("content-type");
        let content = contents.get(kind);
        let content = content.unwrap_or_else(|| panic!("{name} is not documented to be {kind}"));
        if kind == "application/x-ndjson" {
            let line = &content["schema"]["contentSchema"]["items"];
            for text in answer.text.lines() {
                let value = serde_json::from_str(text).expect("each line is JSON");
                self.fits(&name, line, &value);
            }
        } else {
            self.fits(&name, &content["schema"], &answer.body);
        }
    }

    /// Insists on the documented headers, and on no other that clients act upon.
    #[track_caller]
    fn has_the_headers(&self, name: &str, response: &Value, answer: &Answer) {
        let headers = response["headers"].as_object().expect("every answer has headers");
        for (header, told) in headers {
            let schema = &self.resolved(told)["schema"];
            let text = answer.header(header);
            let value = match schema["type"].as_str() {
                Some("integer") => text.parse().map_or(Value::Null, |number: u64| number.into()),
                Some(_) | None => text.into(),
            };
            self.fits(&format!("{name}, header {header}"), schema, &value);
        }
        let documented: BTreeSet<String> = headers.keys().map(|key| key.to_lowercase()).collect();
        for header in ["retry-after", "www-authenticate", "rollcall-position", "location", "etag"] {
            let is_there = !answer.header(header).is_empty();
            assert!(!is_there || documented.contains(header), "{name}: {header} is not documented");
        }
    }

    #[track_caller]
    fn fits(&self, name: &str, schema: &Value, value: &Value) {
        let whole = json!({ "allOf": [schema], "components": self.0["components"] });
        let validator = jsonschema::draft202012::options()
            .should_validate_formats(true)
            .build(&whole)
            .expect("a valid schema");
        let errors: Vec<String> = validator
            .iter_errors(value)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?} in {value}");
    }
}

impl Operation<'_> {
    pub(crate) fn id(&self) -> &str {
        self.told["operationId"].as_str().expect("an operation id")
    }

    /// Its statuses: those that are told here and nowhere else, or those that many share.
    pub(crate) fn statuses(&self, shared: bool) -> BTreeSet<u16> {
        let responses = self.told["responses"].as_object().expect("responses").iter();
        let wanted = responses.filter(|(_, response)| response.get("$ref").is_some() == shared);
        wanted.map(|(status, _)| status.parse().expect("a status")).collect()
    }
}
