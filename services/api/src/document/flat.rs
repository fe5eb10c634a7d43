//! Shapes that generators of clients take.
//!
//! What `serde` writes into one object, the derive describes as an `allOf` of several schemas, which
//! some generators give up on, above all over a `oneOf`. Here each object becomes one schema with
//! all of its properties, and a choice becomes a `oneOf` of whole objects with names of their own.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

const SCHEMAS: &str = "#/components/schemas/";

/// Rewrites the schemas and parameters of a document.
pub(super) fn flatten(document: &mut Value) {
    let before = schemas(document).clone();
    let mut after = Object::new();
    for (name, schema) in &before {
        let schema = flat(name, schema, &before, &mut after);
        after.insert(name.clone(), schema);
    }
    document["components"]["schemas"] = after.into();
    for item in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
            for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
                never_null(parameter);
            }
            if let Some(body) = operation.get_mut("requestBody") {
                let contents = body["content"].as_object_mut().into_iter();
                contents.flat_map(Map::values_mut).for_each(never_null);
            }
        }
    }
    say_what_lines_hold(document);
    keep_named(document);
}

/// One schema without `allOf`; the parts of a choice are added to `named`.
fn flat(name: &str, schema: &Value, all: &Object, named: &mut Object) -> Value {
    if schema.get("allOf").is_none() {
        return schema.clone();
    }
    let mut variants = merged(schema, all);
    let described = schema.get("description");
    if let [whole] = &mut variants[..] {
        if let Some(text) = described {
            whole.insert("description".to_owned(), text.clone());
        }
        return Value::Object(std::mem::take(whole));
    }
    let property = variants.first().and_then(discriminator).expect("a choice with a property");
    let mut choice = json!({ "oneOf": [], "discriminator": { "propertyName": property } });
    if let Some(text) = described {
        choice["description"] = text.clone();
    }
    for variant in variants {
        let title = variant.get("title").and_then(Value::as_str);
        let title = title.unwrap_or_else(|| panic!("{name}: a choice has a title")).to_owned();
        let reference = format!("{SCHEMAS}{title}");
        let value = variant["properties"][&property]["enum"][0].as_str().expect("a word");
        choice["discriminator"]["mapping"][value] = reference.clone().into();
        choice["oneOf"].as_array_mut().expect("a list").push(json!({ "$ref": reference }));
        named.insert(title, variant.into());
    }
    choice
}

/// All objects that a schema stands for: several, if there is a choice in it.
fn merged(schema: &Value, all: &Object) -> Vec<Object> {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix(SCHEMAS)) {
        return merged(&all[name], all);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().flat_map(|choice| merged(choice, all)).collect();
    }
    let Some(parts) = schema["allOf"].as_array() else {
        return vec![schema.as_object().expect("an object's schema").clone()];
    };
    let nothing = Object::from_iter([("type".to_owned(), "object".into())]);
    parts.iter().fold(vec![nothing], |wholes, part| {
        let parts = merged(part, all);
        wholes.iter().flat_map(|whole| parts.iter().map(|part| with(whole, part))).collect()
    })
}

/// An object with the properties of another one as well.
fn with(whole: &Object, part: &Object) -> Object {
    let mut both = whole.clone();
    for (key, value) in part {
        match (both.get_mut(key), value) {
            (Some(Value::Object(before)), Value::Object(more)) => before.extend(more.clone()),
            (Some(Value::Array(before)), Value::Array(more)) => before.extend(more.clone()),
            _ => drop(both.insert(key.clone(), value.clone())),
        }
    }
    both
}

/// The property by which a variant is known: the one with a single value.
fn discriminator(variant: &Object) -> Option<String> {
    let properties = variant.get("properties")?.as_object()?;
    let mut single = properties.iter().filter(|(_, schema)| {
        schema.get("enum").and_then(Value::as_array).is_some_and(|values| values.len() == 1)
    });
    single.next().map(|(name, _)| name.clone())
}

/// What is optional in a request is left out, and never sent as null.
fn never_null(sent: &mut Value) {
    let Some(schema) = sent.get_mut("schema") else { return };
    if let Some(types) = schema.get("type").and_then(Value::as_array) {
        schema["type"] = types.iter().find(|one| *one != "null").cloned().unwrap_or_default();
    }
    if let Some(choices) = schema.get("oneOf").and_then(Value::as_array) {
        let something = choices.iter().find(|choice| choice["type"] != "null");
        *schema = something.cloned().unwrap_or_default();
    }
}

/// A text of many lines stands for the list of what is in them.
fn say_what_lines_hold(value: &mut Value) {
    if let Value::Object(fields) = value
        && let Some(line) = fields.remove("x-lines")
    {
        let list = json!({ "type": "array", "items": line });
        fields.insert("contentSchema".to_owned(), list);
    }
    match value {
        Value::Object(fields) => fields.values_mut().for_each(say_what_lines_hold),
        Value::Array(items) => items.iter_mut().for_each(say_what_lines_hold),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Drops the schemas that were only parts of others.
fn keep_named(document: &mut Value) {
    loop {
        let mut named = BTreeSet::new();
        collect(document, &mut named);
        let schemas = document["components"]["schemas"].as_object_mut().expect("schemas");
        let before = schemas.len();
        schemas.retain(|name, _| named.contains(name));
        if schemas.len() == before {
            return;
        }
    }
}

fn collect(value: &Value, named: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let reference = fields.get("$ref").and_then(Value::as_str);
            named.extend(reference.and_then(|path| path.strip_prefix(SCHEMAS)).map(str::to_owned));
            fields.values().for_each(|field| collect(field, named));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, named)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn schemas(document: &Value) -> &Object {
    document["components"]["schemas"].as_object().expect("schemas")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_of_several_parts_becomes_one_schema_and_a_choice_becomes_whole_objects() {
        let kind = |word: &str, own: &str| {
            json!({
                "title": format!("{word}Fruit"), "type": "object", "required": ["kind", own],
                "properties": { "kind": { "type": "string", "enum": [word] }, own: {} },
            })
        };
        let mut document = json!({ "paths": {}, "used": [
            { "$ref": "#/components/schemas/Fruit" }, { "$ref": "#/components/schemas/Basket" },
        ], "components": { "schemas": {
            "Kind": { "oneOf": [kind("Apple", "red"), kind("Pear", "soft")] },
            "Grown": { "type": "object", "required": ["at"], "properties": { "at": {} } },
            "Fruit": { "allOf": [
                { "$ref": "#/components/schemas/Kind" }, { "$ref": "#/components/schemas/Grown" },
            ], "description": "Grows." },
            "Basket": { "allOf": [
                { "$ref": "#/components/schemas/Grown" },
                { "type": "object", "properties": { "full": {} } },
            ] },
        } } });
        flatten(&mut document);
        let schemas = &document["components"]["schemas"];
        let names: Vec<&String> = schemas.as_object().unwrap().keys().collect();
        assert_eq!(names, ["AppleFruit", "Basket", "Fruit", "PearFruit"]);
        assert_eq!(schemas["Fruit"]["discriminator"]["propertyName"], "kind");
        let pear = "#/components/schemas/PearFruit";
        assert_eq!(schemas["Fruit"]["discriminator"]["mapping"]["Pear"], pear);
        assert_eq!(schemas["Fruit"]["description"], "Grows.");
        assert_eq!(schemas["PearFruit"]["required"], json!(["kind", "soft", "at"]));
        assert_eq!(schemas["Basket"]["properties"], json!({ "at": {}, "full": {} }));
    }
}
