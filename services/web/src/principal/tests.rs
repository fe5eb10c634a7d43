use axum::http::Request;

use super::*;

/// What a request to `path` is answered, that another door of the process makes for `principal`.
async fn let_in(path: &'static str, principal: Principal) -> StatusCode {
    use axum::extract::State;
    use axum::routing::get;
    use tower::ServiceExt as _;

    struct Caller(Tenant);
    impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Caller {
        type Rejection = Problem;
        async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
            let counts = CallerLimits::new(0, 0);
            let (tenant, _) = api_token::<Problem>(
                parts,
                &counts,
                async |_| unreachable!("no token is looked up"),
                async |_| unreachable!("no token is looked up"),
            )
            .await?;
            Ok(Self(tenant))
        }
    }
    let routes = axum::Router::new()
        .route("/api/v1/{tenant}/x", get(async |_: State<()>, caller: Caller| caller.0.to_string()))
        .with_state(());
    let mut request = Request::get(path).body(axum::body::Body::empty()).expect("a request");
    request.extensions_mut().insert(InProcess(principal));
    let Ok(response) = routes.oneshot(request).await;
    response.status()
}

#[tokio::test]
async fn an_administrator_is_let_in_by_another_door_of_the_process_at_their_own_tenant_alone() {
    let administrator = || Principal::Administrator {
        tenant: "acme".parse().expect("a slug"),
        administrator: "01890000-0000-7000-8000-000000000001".parse().expect("an id"),
        permissions: Permissions::default(),
    };
    assert_eq!(let_in("/api/v1/acme/x", administrator()).await, StatusCode::OK);
    assert_eq!(let_in("/api/v1/globex/x", administrator()).await, StatusCode::FORBIDDEN);
    let operator = Principal::Operator(OperatorIdentity::root());
    assert_eq!(let_in("/api/v1/acme/x", operator).await, StatusCode::FORBIDDEN);
}

#[test]
fn who_lacks_a_permission_is_told_what_kind_of_caller_can_be_given_it() {
    let administrator = Principal::Administrator {
        tenant: "acme".parse().expect("a slug"),
        administrator: "01890000-0000-7000-8000-000000000001".parse().expect("an id"),
        permissions: Permissions::from([Permission::Api(Scope::TeamsRead)]),
    };
    assert_eq!(administrator.may(Permission::Api(Scope::TeamsRead)), Ok(()));
    let wanted = Permission::ManageIntegrations;
    assert_eq!(administrator.may(wanted), Err(Forbidden::NotInRoles(wanted)));
    let root = Principal::Operator(OperatorIdentity::root());
    assert_eq!(root.may(wanted), Err(Forbidden::OutOfScope(wanted)));
}
