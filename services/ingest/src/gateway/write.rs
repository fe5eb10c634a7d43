//! Requests that change one resource, and what comes of them.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use events::{Position, Seq};
use roster::{Intent, Roster};
use scim::{Precondition, ResourceType, Selection, Shown};

use super::answer::{self, located, tagged, version_tag};
use super::caller::Caller;
use super::failure::Failure;
use super::query::Query;
use super::reading::Change;
use super::{groups, users};
use crate::input::POSITION;
use crate::{Gateway, Limits};
use writer::{Budget, Command, Committed};

/// Who wants something done, on which condition, and what they want to see of the outcome.
pub(super) struct Writer<'a> {
    pub(super) gateway: &'a Gateway,
    pub(super) caller: &'a Caller,
    pub(super) query: &'a Query,
    pub(super) precondition: Precondition,
    /// About how many bytes it holds while it waits for its decision.
    pub(super) weight: usize,
    /// What it may store together with others of the same request.
    pub(super) budget: Option<Arc<Budget>>,
    /// Whether the answer shows the outcome.
    pub(super) shows: bool,
}

/// What came of a command, once it is durable.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) status: StatusCode,
    /// None after a DELETE.
    pub(super) id: Option<String>,
    pub(super) body: Option<Shown>,
    pub(super) location: Option<String>,
    pub(super) version: Option<String>,
    pub(super) position: Position,
}

/// Does what a client wants.
pub(super) async fn carry_out(writer: &Writer<'_>, change: Change) -> Result<Written, Failure> {
    match change {
        Change::NewUser { profile, active } => users::create(writer, profile, active).await,
        Change::User(id, user, active) => users::put(writer, &id, user, active).await,
        Change::UserEdits(id, edits) => users::patch(writer, &id, edits).await,
        Change::NoUser(id) => users::delete(writer, &id).await,
        Change::NewGroup(profile, members) => groups::create(writer, profile, members).await,
        Change::Group(id, profile, members) => groups::put(writer, &id, profile, members).await,
        Change::GroupEdits(id, patch) => groups::patch(writer, &id, patch).await,
        Change::NoGroup(id) => groups::delete(writer, &id).await,
    }
}

/// Refuses to change a version that the client did not mean. To be asked of the roster on which
/// the change is decided: any other may be out of date.
pub(super) fn check(precondition: &Precondition, version: Seq) -> Result<(), Failure> {
    let version = version_tag(version);
    if precondition.allows(&version) { Ok(()) } else { Err(Failure::OtherVersion(version)) }
}

impl Writer<'_> {
    pub(super) fn limits(&self) -> Limits {
        self.gateway.limits
    }

    pub(super) fn base_url(&self) -> String {
        self.gateway.scim_base_url(&self.caller.tenant)
    }

    pub(super) fn selection(&self, resource: ResourceType) -> Result<Selection, Failure> {
        self.query.selection(resource)
    }

    /// What makes a wish true in the caller's name.
    pub(super) fn command<I>(&self, wish: I) -> Command<I> {
        let command = Command::new(self.caller.provenance.clone(), wish).holding(self.weight);
        match &self.budget {
            Some(budget) => command.within(budget),
            None => command,
        }
    }

    /// Makes a wish true in the caller's name.
    pub(super) async fn execute(
        &self,
        wish: impl Fn(&Roster) -> Result<Intent, Failure> + Send + 'static,
    ) -> Result<Committed, Failure> {
        self.gateway.writer.execute(self.command(wish)).await
    }
}

impl Written {
    /// The resource is no more.
    pub(super) fn gone(location: String, position: Position) -> Self {
        let status = StatusCode::NO_CONTENT;
        Self { status, id: None, body: None, location: Some(location), version: None, position }
    }
}

impl IntoResponse for Written {
    fn into_response(self) -> Response {
        let mut response = match (self.body, self.status, &self.location) {
            (None, _, _) | (_, StatusCode::NO_CONTENT, _) => self.status.into_response(),
            (Some(body), status, None) => answer::resource(status, body),
            (Some(body), status, Some(location)) => {
                located(answer::resource(status, body), location)
            }
        };
        let headers = response.headers_mut();
        headers.insert(POSITION, self.position.seq.0.into());
        if self.status == StatusCode::CREATED
            && let Some(Ok(location)) = self.location.as_deref().map(HeaderValue::from_str)
        {
            headers.insert(header::LOCATION, location);
        }
        match &self.version {
            Some(version) => tagged(response, version),
            None => response,
        }
    }
}
