//! Every route of the portal, called by everybody: nobody reaches what their roles do not open.

use events::AdministratorRole;
use kit::http::http;
use kit::visitor::Visitor;
use kit::world::World;
use portal::{Callers, ListedRoute, listed};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, header};

/// An id of nothing.
const ID: &str = "01890000-0000-7000-8000-000000000001";

/// Somebody with a session, or without.
struct Caller {
    http: Client,
    cookie: String,
    csrf: String,
}

/// How a route answered: its status, where it leads, and what its page says.
struct Answered {
    status: StatusCode,
    location: String,
    says: String,
}

impl Caller {
    fn nobody() -> Self {
        // The first one sets what all clients need.
        drop(http());
        let http = Client::builder().no_proxy().redirect(Policy::none()).build();
        let http = http.expect("an HTTP client");
        Self { http, cookie: String::new(), csrf: String::new() }
    }

    /// An administrator of `tenant` with this role, signed in by their link.
    async fn with(world: &World, tenant: &str, role: AdministratorRole) -> Self {
        let (visitor, page) = Visitor::administrator(world, tenant, role.as_str()).await;
        Self { cookie: visitor.session(&world.url()), csrf: page.csrf(), ..Self::nobody() }
    }

    /// Calls a route; a form brings this token, and nothing else.
    async fn call(&self, world: &World, route: &ListedRoute, tenant: &str, csrf: &str) -> Answered {
        let url = format!("{}{}", world.url(), path(route, tenant));
        let request = match route.method {
            "POST" => self.http.post(url).form(&[("csrf", csrf)]),
            _ => self.http.get(url),
        };
        let answer = request.header(header::COOKIE, &self.cookie).send().await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        // Live parts have no end.
        let is_refusal = status.is_client_error() || status.is_server_error();
        let says = if is_refusal { answer.text().await.expect("a text") } else { String::new() };
        Answered { status, location, says }
    }
}

/// The path of a route, of things that there are not.
fn path(route: &ListedRoute, tenant: &str) -> String {
    let part = |part: &str| match part {
        "{tenant}" => tenant.to_owned(),
        one if one.starts_with('{') => ID.to_owned(),
        word => word.to_owned(),
    };
    route.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn may(route: &ListedRoute, role: AdministratorRole) -> bool {
    let owner = role == AdministratorRole::Owner;
    match route.callers {
        Callers::Anybody | Callers::SignedIn => true,
        Callers::Having(roles) => {
            owner || roles.contains(&role) || roles.contains(&AdministratorRole::Viewer)
        }
    }
}

#[tokio::test]
async fn no_route_answers_whoever_lacks_the_role_and_no_form_is_taken_without_its_sessions_token() {
    let world = World::new().await;
    for tenant in ["acme", "globex"] {
        world.verb(&format!("tenant create {tenant}")).await.ended(0);
    }
    let routes = listed();
    // One who removes themselves or signs out would be nobody for the routes that follow.
    let owner = Caller::with(&world, "acme", AdministratorRole::Owner).await;
    let stranger = Caller::with(&world, "globex", AdministratorRole::Owner).await;
    for role in AdministratorRole::ALL {
        let caller = match role {
            AdministratorRole::Owner => &owner,
            AdministratorRole::Viewer
            | AdministratorRole::TeamEditor
            | AdministratorRole::IntegrationManager
            | AdministratorRole::Operator => &Caller::with(&world, "acme", role).await,
        };
        for route in &routes {
            let (right, wrong) = (caller.csrf.as_str(), stranger.csrf.as_str());
            // Whoever may is known by being refused for the token alone: nothing is done.
            let csrf = if may(route, role) { wrong } else { right };
            let Answered { status, says, location } =
                caller.call(&world, route, "acme", csrf).await;
            let what = format!("{role}: {} {} answered {status}: {says}", route.method, route.path);
            assert_ne!(location, "/sign-in", "{what}");
            match (may(route, role), route.method, route.callers) {
                (false, _, _) => {
                    assert_eq!(status, 403, "{what}");
                    assert!(says.contains("Your roles do not include"), "{what}");
                    assert!(says.contains("Owner. An owner of acme can change that"), "{what}");
                }
                (true, "POST", Callers::SignedIn | Callers::Having(_)) => {
                    assert_eq!(status, 403, "{what}");
                    assert!(says.contains("does not belong to this session"), "{what}");
                }
                (true, _, _) => {
                    assert_ne!(status, 403, "{what}");
                    assert!(!status.is_server_error(), "{what}");
                }
            }
        }
    }
    for route in &routes {
        let Answered { status, location, says } =
            Caller::nobody().call(&world, route, "acme", "").await;
        let what = format!("nobody: {} {} answered {status}: {says}", route.method, route.path);
        if route.callers == Callers::Anybody {
            assert!(!status.is_server_error(), "{what}");
        } else {
            assert_eq!((status.as_u16(), location.as_str()), (303, "/sign-in"), "{what}");
        }
        if let Callers::Having(_) = route.callers {
            let Answered { status, says, .. } =
                stranger.call(&world, route, "acme", &stranger.csrf).await;
            let what = format!("stranger: {} {} answered {status}", route.method, route.path);
            assert_eq!(status, 404, "{what}");
            assert!(says.contains("You administer no tenant of this name"), "{what}: {says}");
            // The same words where there is no such tenant.
            let none = stranger.call(&world, route, "initech", &stranger.csrf).await;
            assert_eq!((none.status, none.says), (status, says), "{what}");
        }
    }
}
