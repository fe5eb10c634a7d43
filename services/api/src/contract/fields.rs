//! The properties of a body, out of its JSON Schema, as a person reads them.

use serde_json::{Map, Value};

/// One property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// Where it is: `booking.cancellation.at`, `employee.teams[].id`.
    pub(crate) path: String,
    /// What it is: `text`, `id`, `time`, one of some words.
    pub(crate) kind: String,
    /// Whether it may be absent.
    pub(crate) optional: bool,
    /// What it says.
    pub(crate) meaning: String,
}

/// All properties of the body that a schema describes, in its order, the inner ones after the one that
/// they are in.
pub(crate) fn fields(schema: &Value) -> Vec<Field> {
    let mut found = Vec::new();
    let reader = Reader { definitions: &schema["definitions"] };
    reader.object(schema, "", &mut found);
    found
}

struct Reader<'s> {
    definitions: &'s Value,
}

impl<'s> Reader<'s> {
    fn object(&self, schema: &'s Value, prefix: &str, found: &mut Vec<Field>) {
        let shapes = std::iter::once(schema).chain(variants(schema));
        for (number, shape) in shapes.enumerate() {
            let required: Vec<&str> = shape["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            for (name, property) in shape["properties"].as_object().into_iter().flatten() {
                let path =
                    if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                // What only some shapes have may be absent.
                let optional =
                    number > 0 && !shared(schema, name) || !required.contains(&name.as_str());
                self.property(property, path, optional, found);
            }
        }
    }

    fn property(&self, property: &'s Value, path: String, optional: bool, found: &mut Vec<Field>) {
        let (inner, nullable) = self.resolved(property);
        let kind = self.kind(inner, nullable);
        if let Some(known) = found.iter_mut().find(|known| known.path == path) {
            // The same property of another shape: one of more words.
            if !known.kind.contains(&kind) {
                known.kind = format!("{} or {kind}", known.kind);
            }
            return;
        }
        let said = |of: &Value| of["description"].as_str().map(str::to_owned);
        let meaning = said(property).or_else(|| said(inner)).unwrap_or_default();
        found.push(Field { path: path.clone(), kind, optional, meaning });
        let (inner, path) = match inner.get("items") {
            Some(items) => (self.resolved(items).0, format!("{path}[]")),
            None => (inner, path),
        };
        self.object(inner, &path, found);
    }

    /// What a schema refers to, and whether it may be null.
    fn resolved(&self, schema: &'s Value) -> (&'s Value, bool) {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap_or_default();
            return self.resolved(&self.definitions[name]);
        }
        if let Some([only]) = schema["allOf"].as_array().map(Vec::as_slice) {
            return self.resolved(only);
        }
        match schema["anyOf"].as_array().map(Vec::as_slice) {
            Some([inner, null]) if null["type"] == "null" => (self.resolved(inner).0, true),
            _ => (schema, false),
        }
    }

    fn kind(&self, schema: &'s Value, nullable: bool) -> String {
        let words: Vec<String> = words(schema);
        let of_type = |name: &str| match (name, schema["format"].as_str()) {
            ("string", Some("uuid")) => "id".to_owned(),
            ("string", Some("date-time")) => "time".to_owned(),
            ("string", _) => "text".to_owned(),
            ("integer" | "number", _) => "number".to_owned(),
            ("boolean", _) => "true or false".to_owned(),
            ("array", _) => {
                let (inner, nullable) = self.resolved(&schema["items"]);
                format!("list of {}", self.kind(inner, nullable))
            }
            (other, _) => other.to_owned(),
        };
        let mut kind = if words.is_empty() {
            let (names, null) = types(schema);
            let kinds: Vec<String> = names.iter().map(|name| of_type(name)).collect();
            let kind = if kinds.is_empty() { "any value".to_owned() } else { kinds.join(" or ") };
            if null { format!("{kind} or null") } else { kind }
        } else {
            words.join(" or ")
        };
        if nullable {
            kind.push_str(" or null");
        }
        kind
    }
}

/// The types that a value may have, and whether it may be null.
fn types(schema: &Value) -> (Vec<&str>, bool) {
    let named: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    let null = named.contains(&"null");
    (named.into_iter().filter(|name| *name != "null").collect(), null)
}

/// The words of which a value is one.
fn words(schema: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().map(|word| format!("`{word}`"));
    if let Some(only) = word(&schema["const"]) {
        return vec![only];
    }
    if let Some(listed) = schema["enum"].as_array() {
        return listed.iter().filter_map(word).collect();
    }
    variants(schema).filter_map(|variant| word(&variant["const"])).collect()
}

fn variants(schema: &Value) -> impl Iterator<Item = &Value> {
    schema["oneOf"].as_array().into_iter().flatten()
}

/// Whether all shapes have a property.
fn shared(schema: &Value, name: &str) -> bool {
    let has = |shape: &Value| {
        shape["properties"].as_object().is_some_and(|p: &Map<_, _>| p.contains_key(name))
    };
    variants(schema).all(has)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_nulls_lists_words_and_shapes_are_told_as_a_person_reads_them() {
        let schema = json!({
            "properties": {
                "thing": { "$ref": "#/definitions/Thing" },
                "why": { "type": "string", "description": "In words." },
            },
            "required": ["thing"],
            "definitions": {
                "Id": { "type": "string", "format": "uuid", "description": "An id." },
                "State": { "oneOf": [{ "const": "on" }, { "const": "off" }] },
                "Thing": {
                    "type": "object",
                    "description": "A thing.",
                    "properties": {
                        "id": { "$ref": "#/definitions/Id" },
                        "state": { "anyOf": [{ "$ref": "#/definitions/State" }, { "type": "null" }] },
                        "parts": { "type": "array", "items": { "$ref": "#/definitions/Part" } },
                        "at": { "type": ["string", "null"], "format": "date-time" },
                    },
                    "required": ["id", "state", "parts", "at"],
                    "oneOf": [
                        { "properties": { "cause": { "const": "rain" }, "mm": { "type": "integer" } }, "required": ["cause", "mm"] },
                        { "properties": { "cause": { "const": "wind" } }, "required": ["cause"] },
                    ],
                },
                "Part": { "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"] },
            },
        });
        let told: Vec<(String, String, bool)> =
            fields(&schema).into_iter().map(|one| (one.path, one.kind, one.optional)).collect();
        let field = |path: &str, kind: &str, optional| (path.to_owned(), kind.to_owned(), optional);
        assert_eq!(
            told,
            [
                field("thing", "object", false),
                field("thing.at", "time or null", false),
                field("thing.id", "id", false),
                field("thing.parts", "list of object", false),
                field("thing.parts[].name", "text", false),
                field("thing.state", "`on` or `off` or null", false),
                field("thing.cause", "`rain` or `wind`", false),
                field("thing.mm", "number", true),
                field("why", "text", true),
            ]
        );
        assert_eq!(fields(&schema)[2].meaning, "An id.");
    }
}
