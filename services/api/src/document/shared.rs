//! What holds for every operation, and so stands in no route: the tenant, the headers of responses,
//! and the error responses that any request may get.

use std::iter;

use serde_json::{Map, Value, json};
use utoipa::{PartialSchema as _, ToSchema as _};
use web::Problem;

/// Completes each operation of a document.
pub(super) fn complete(document: &mut Value) {
    let components = &mut document["components"];
    components["securitySchemes"] = security();
    components["parameters"] = json!({ "Tenant": tenant() });
    components["headers"] = headers();
    components["responses"] = ERROR_RESPONSES.iter().map(ErrorResponse::component).collect();
    components["schemas"][&*Problem::name()] = json!(Problem::schema());
    for item in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete_operation(Kind::of(method, operation), operation);
        }
    }
}

fn complete_operation(kind: Kind, operation: &mut Value) {
    let tenant = json!({ "$ref": "#/components/parameters/Tenant" });
    let own = operation["parameters"].as_array().into_iter().flatten();
    // Some handlers take the tenant out of the path, and some leave that to their caller.
    let own = own.filter(|parameter| parameter["name"] != "tenant").cloned();
    operation["parameters"] = iter::once(tenant).chain(own).collect();
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        if status.starts_with('4') {
            response["content"] = problem();
        }
        for name in EVERYWHERE {
            response["headers"][name] = header(name);
        }
    }
    for error in ERROR_RESPONSES.iter().filter(|error| error.of <= kind) {
        let status = error.status.to_string();
        if operation["responses"].get(&status).is_none() {
            let component = format!("#/components/responses/{}", error.name);
            operation["responses"][status] = json!({ "$ref": component });
        }
    }
}

/// A kind of operation: each may get the error responses of those before it, and further ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Read,
    Command,
    CommandWithBody,
}

impl Kind {
    fn of(method: &str, operation: &Value) -> Self {
        match (method, operation.get("requestBody")) {
            ("get", _) => Self::Read,
            (_, None) => Self::Command,
            (_, Some(_)) => Self::CommandWithBody,
        }
    }
}

/// A response with a status of 400 or more, which OpenAPI documents as a component.
struct ErrorResponse {
    of: Kind,
    status: u16,
    name: &'static str,
    description: &'static str,
    /// A header that it has besides.
    header: Option<&'static str>,
}

const fn error_response(
    of: Kind,
    status: u16,
    name: &'static str,
    header: Option<&'static str>,
    description: &'static str,
) -> ErrorResponse {
    ErrorResponse { of, status, name, description, header }
}

const CHALLENGE: Option<&str> = Some("WWW-Authenticate");
const RETRY: Option<&str> = Some("Retry-After");

const ERROR_RESPONSES: [ErrorResponse; 12] = [
    error_response(
        Kind::Read,
        400,
        "BadRequest",
        None,
        "A parameter, a header or the body cannot be understood",
    ),
    error_response(
        Kind::Read,
        401,
        "Unauthorized",
        CHALLENGE,
        "There is no API token, or none that lives",
    ),
    error_response(
        Kind::Read,
        403,
        "Forbidden",
        CHALLENGE,
        "The API token lacks the scope, or belongs to another tenant",
    ),
    error_response(Kind::CommandWithBody, 408, "SlowBody", None, "The body did not arrive in time"),
    error_response(
        Kind::Command,
        413,
        "TooLarge",
        None,
        "The body, or what it asks for, is too large",
    ),
    error_response(Kind::Read, 414, "LongUrl", None, "The URL is too long"),
    error_response(
        Kind::CommandWithBody,
        415,
        "EncodedBody",
        Some("Accept-Encoding"),
        "The body is in a content coding; send it as it is",
    ),
    error_response(
        Kind::Read,
        429,
        "TooMany",
        RETRY,
        "The tenant asks too often or for too much at a time, or somebody guesses at tokens",
    ),
    error_response(Kind::Read, 431, "LargeHeaders", None, "The headers are too large"),
    error_response(
        Kind::Read,
        500,
        "Fault",
        None,
        "A fault of the service; nobody knows whether anything was done",
    ),
    error_response(
        Kind::Read,
        503,
        "Unavailable",
        RETRY,
        "The log or the read models are away, or have not got as far as `Rollcall-After`",
    ),
    error_response(
        Kind::Command,
        507,
        "LogFull",
        None,
        "The log has no room; an operator has to look",
    ),
];

impl ErrorResponse {
    fn component(&self) -> (String, Value) {
        let mut response = json!({ "description": self.description, "content": problem() });
        for name in EVERYWHERE.into_iter().chain(self.header) {
            response["headers"][name] = header(name);
        }
        (self.name.to_owned(), response)
    }
}

/// The content of an error response.
fn problem() -> Value {
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    json!({ Problem::MEDIA_TYPE: { "schema": schema } })
}

/// The headers of every answer.
const EVERYWHERE: [&str; 2] = ["Rollcall-Position", "X-Request-Id"];

fn header(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

fn headers() -> Value {
    json!({
        "Rollcall-Position": {
            "description": "How far the answer is, as a text that only the service reads. Of a read: \
                it has seen everything up to there. Of a command: a read that names it in \
                `Rollcall-After` sees what was done, or why it was refused. Only while the service \
                starts there is none.",
            "required": false,
            "schema": { "type": "string", "minLength": 1 },
        },
        "X-Request-Id": {
            "description": "Which request it was, for whoever looks into the logs: the id that the \
                request brought in this header, if it is of 1 to 128 letters, digits and `-_.:`, \
                else a new one. Events carry it too.",
            "required": true,
            "schema": { "type": "string", "minLength": 1, "maxLength": 128 },
        },
        "Accept-Encoding": {
            "description": "The content codings that a body may have.",
            "required": true,
            "schema": { "type": "string", "enum": ["identity"] },
        },
        "Retry-After": {
            "description": "Seconds after which to ask again.",
            "required": true,
            "schema": { "type": "integer", "format": "int32", "minimum": 0 },
        },
        "WWW-Authenticate": {
            "description": "What to show (RFC 6750).",
            "required": true,
            "schema": { "type": "string" },
        },
    })
}

fn tenant() -> Value {
    json!({
        "name": "tenant",
        "in": "path",
        "required": true,
        "description": "The tenant's slug",
        "example": "acme",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 63,
            "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
        },
    })
}

fn security() -> Value {
    json!({
        "apiToken": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API token: `rollcall token issue`. It opens one tenant.",
        },
    })
}
