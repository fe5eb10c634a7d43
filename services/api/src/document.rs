//! The `OpenAPI` document, made from the routes themselves, and where it is served.

use axum::Router;
use axum::body::Bytes;
use axum::http::{Method, StatusCode, Uri, header};
use axum::routing::{any, get};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Tag,
};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use crate::problem::Problem;

/// Where the document is served.
pub const PATH: &str = "/api/v1/openapi.json";

/// The security scheme that operations name.
const API_TOKEN: &str = "apiToken";

/// The document of the read API and of those `others` that are served beside it.
pub fn document(others: Vec<OpenApi>) -> OpenApi {
    joined(crate::unbound().into_openapi(), others)
}

/// Serves `router`, and at [`PATH`] the document of what it serves: its own, joined by `others`
/// for the routes that came into it without theirs.
///
/// Any other path below `/api`, and any other method, is answered with a [`Problem`].
pub fn with_document(router: OpenApiRouter, others: Vec<OpenApi>) -> Router {
    let (router, own) = router.split_for_parts();
    let document = joined(own, others).to_json().expect("a document has string keys only");
    // Written once: whoever asks for it without reading it makes nothing grow.
    let document = Bytes::from(document);
    let kind = [(header::CONTENT_TYPE, "application/json")];
    router
        .route(PATH, get(async move || (kind, document)))
        .method_not_allowed_fallback(no_such_method)
        .route("/api", any(no_such_path))
        .route("/api/{*path}", any(no_such_path))
}

/// One document of several. It adds what no single route knows: the title, how to show a token,
/// and what a problem looks like.
fn joined(own: OpenApi, others: Vec<OpenApi>) -> OpenApi {
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build();
    let info = InfoBuilder::new()
        .title("Rollcall API")
        .version("1")
        .description(Some(DESCRIPTION))
        .license(Some(license))
        .build();
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API token: `rollcall token issue`. It opens one tenant."))
        .build();
    let components = ComponentsBuilder::new()
        .security_scheme(API_TOKEN, SecurityScheme::Http(token))
        .schema(Problem::name(), Problem::schema())
        .build();
    let mut whole =
        OpenApiBuilder::new().info(info).components(Some(components)).tags(Some(tags())).build();
    whole.merge(own);
    for other in others {
        whole.merge(other);
    }
    whole
}

const DESCRIPTION: &str = "\
Who works here, in which teams, and what leavers have left behind. Times are RFC 3339 in UTC. Lists \
come in pages: `next` is the cursor of the page that follows, or null. A name may be missing for a \
moment after a change; to read your own write, send its position in the header `Rollcall-After`. \
A request that is not answered is told why as a problem (RFC 9457).";

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
        tag("alerts", "What the mass-change guard noticed: many leavers at once, emptied groups."),
    ]
}

async fn no_such_path(uri: Uri) -> Problem {
    let detail = format!("there is nothing at {}; {PATH} lists what there is", uri.path());
    Problem::new(StatusCode::NOT_FOUND, detail)
}

async fn no_such_method(method: Method, uri: Uri) -> Problem {
    let detail = format!(
        "{} does not know the method {method}; the header Allow names those that it knows",
        uri.path()
    );
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}
