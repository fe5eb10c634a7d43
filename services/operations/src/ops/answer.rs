//! Answers with a name and a version, which `schema/` describes.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// A type of answers. Its JSON object has a member `schema` besides, which says its name.
pub(crate) trait Answer: Serialize + JsonSchema {
    /// The name with its version: `rollcall.operators.v1`. A change that readers of the old shape
    /// cannot read needs another version.
    const SCHEMA: &'static str;
}

/// An answer as it is sent.
#[derive(Debug)]
pub(crate) struct Answered<T>(pub(crate) T);

impl<T: Answer> Answered<T> {
    /// Its JSON.
    pub(crate) fn value(&self) -> Value {
        let mut value = serde_json::to_value(&self.0).expect("answers have string keys only");
        let object = value.as_object_mut().expect("an answer is an object");
        object.insert("schema".to_owned(), T::SCHEMA.into());
        value
    }

    /// The answer to a request that has made something.
    pub(crate) fn created(self) -> (StatusCode, Self) {
        (StatusCode::CREATED, self)
    }
}

impl<T: Answer> IntoResponse for Answered<T> {
    fn into_response(self) -> Response {
        Json(self.value()).into_response()
    }
}
