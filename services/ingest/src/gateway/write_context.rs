//! What a write needs besides its content.

use std::sync::Arc;

use roster::{Intent, Roster};
use scim::{Precondition, ResourceType};
use writer::{Command, Committed, StorageBudget};

use super::caller::Caller;
use super::error::ScimError;
use super::hidden_positions::{ExpectedVersion, HiddenPositions};
use super::query_params::QueryParams;
use super::view::View;
use crate::ResourceLimits;
use crate::state::Gateway;

/// The caller of a write, its precondition, and which attributes its response shows.
pub(super) struct WriteContext<'a> {
    pub(super) gateway: &'a Gateway,
    pub(super) caller: &'a Caller,
    pub(super) params: &'a QueryParams,
    pub(super) precondition: Precondition,
    /// About how many bytes the request holds while it waits for its decision.
    pub(super) size: usize,
    /// What the operations of one bulk request may store together; none for a request of its own.
    pub(super) budget: Option<Arc<StorageBudget>>,
    /// Whether the response has the resource in its body.
    pub(super) returns_body: bool,
}

impl WriteContext<'_> {
    /// What a request may be at most.
    pub(super) fn limits(&self) -> ResourceLimits {
        self.gateway.limits
    }

    /// Which attributes the response shows.
    pub(super) fn view(&self, resource_type: ResourceType) -> Result<View, ScimError> {
        let base_url = self.gateway.url.scim(&self.caller.tenant);
        let positions = HiddenPositions::from(self.gateway, &self.caller.tenant);
        Ok(View { base_url, selection: self.params.selection(resource_type)?, positions })
    }

    /// The version of the resource that the client wants to change.
    pub(super) fn expected_version(&self) -> ExpectedVersion {
        let positions = HiddenPositions::from(self.gateway, &self.caller.tenant);
        positions.expected(self.precondition.clone())
    }

    /// A command in the caller's name. `intent` is asked of the roster on which it is decided.
    pub(super) fn command<I>(&self, intent: I) -> Command<I> {
        let command = Command::new(self.caller.provenance.clone(), intent).holding(self.size);
        match &self.budget {
            Some(budget) => command.within(budget),
            None => command,
        }
    }

    /// Lets the write engine decide a command in the caller's name, and waits until it is durable.
    pub(super) async fn execute(
        &self,
        intent: impl Fn(&Roster) -> Result<Intent, ScimError> + Send + 'static,
    ) -> Result<Committed, ScimError> {
        self.gateway.access.writer().execute(self.command(intent)).await
    }
}
