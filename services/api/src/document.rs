//! The `OpenAPI` document of the whole JSON API, made from the routes themselves, and where it is
//! served.

mod flat;
mod shared;

use axum::Router;
use axum::body::Bytes;
use axum::http::{StatusCode, Uri, header};
use axum::routing::{any, get};
use serde_json::Value;
use utoipa::openapi::{InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, ServerBuilder, Tag};
use web::{Problem, note_routes};

use crate::{commands, contract, reads};

/// Where the document is served.
pub const PATH: &str = "/api/v1/openapi.json";

/// The document of the whole API, of which `others` describe the parts that other crates serve.
///
/// It is one document for all processes: whoever serves a part of the API tells where the rest of it
/// is.
pub fn document(others: impl IntoIterator<Item = OpenApi>) -> Value {
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build();
    let info = InfoBuilder::new()
        .title("Rollcall API")
        .version("1")
        .description(Some(DESCRIPTION))
        .license(Some(license))
        .build();
    let here = ServerBuilder::new().url("/").description(Some("Where this document is")).build();
    let mut whole =
        OpenApiBuilder::new().info(info).servers(Some([here])).tags(Some(tags())).build();
    whole.merge(reads::endpoints().into_openapi());
    whole.merge(commands::endpoints().into_openapi());
    for other in others {
        whole.merge(other);
    }
    let mut document = serde_json::to_value(whole).expect("a document has string keys only");
    shared::complete(&mut document);
    flat::flatten(&mut document);
    document
}

/// Serves `router`, the [`document`] with what `others` serve at [`PATH`], and the contract of the feed.
///
/// Any other path below `/api`, and any other method, is answered with a [`Problem`].
pub fn with_document(router: Router, others: impl IntoIterator<Item = OpenApi>) -> Router {
    // Written once: whoever asks for it without reading it makes nothing grow.
    let document = Bytes::from(document(others).to_string());
    let kind = [(header::CONTENT_TYPE, "application/json")];
    router
        .merge(note_routes(Router::new().route(PATH, get(async move || (kind, document)))))
        .merge(contract::routes(PATH))
        .method_not_allowed_fallback(Problem::no_such_method)
        .route("/api", any(no_such_path))
        .route("/api/{*path}", any(no_such_path))
}

const DESCRIPTION: &str = "\
Who works here, in which teams, and what leavers have left behind; and the commands that change it. \
Times are RFC 3339 in UTC. Lists come in pages: `next` is the cursor of the page that follows, or \
null. A name may be missing for a moment after a change; to read your own write, send the \
`Rollcall-Position` of its answer in the header `Rollcall-After`. A command that is given again \
does nothing. What the events are is at `/api/v1/contract/catalogue`. A request that is not answered is told why as a problem (RFC 9457).";

fn tags() -> Vec<Tag> {
    let tag = |name: &str, description: &str| {
        let mut tag = Tag::new(name);
        tag.description = Some(description.to_owned());
        tag
    };
    vec![
        tag("employees", "People, Active and Former. Nobody is ever removed."),
        tag("teams", "Synced groups and the administrators' own teams, with their members."),
        tag("leavers", "Former people, and the bookings kept for them."),
        tag("bookings", "What a booking system tells."),
        tag(
            "events",
            "What happened, for applications that keep up with it, and a snapshot to begin with.",
        ),
        tag("alerts", "What the mass-change guard noticed: many leavers at once, emptied groups."),
    ]
}

async fn no_such_path(uri: Uri) -> Problem {
    let detail = format!("there is nothing at {}; {PATH} lists what there is", uri.path());
    Problem::new(StatusCode::NOT_FOUND, detail)
}
