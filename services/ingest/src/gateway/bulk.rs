//! `POST /Bulk` (RFC 7644 §3.7). Each operation is a decision of its own, by the functions that serve
//! single requests; the response comes when all are durable.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use events::Position;
use futures_util::future::maybe_done;
use scim::Precondition;
use scim::bulk::{BulkRequest, BulkResponse, Command, Operation, Outcome, Step, Work};
use web::position::Seen;
use web::workers::{INLINE, WorkError};
use writer::StorageBudget;

use super::body::Body;
use super::bounds::MAX_BULK_OPERATIONS;
use super::caller::Caller;
use super::error::ScimError;
use super::query_params::QueryParams;
use super::response::scim_json;
use super::write_context::WriteContext;
use super::write_parser::WriteParser;
use super::write_request::WriteRequest;
use super::write_response::WriteResponse;
use super::{size, view, write};
use crate::state::Gateway;

/// `POST /Bulk`.
pub(super) async fn bulk(
    State(gateway): State<Gateway>,
    caller: Caller,
    Body { value, held: _held }: Body,
) -> Result<Response, ScimError> {
    let size = size::of(&value, INLINE);
    let parse = move |_: &_| BulkRequest::parse(value, MAX_BULK_OPERATIONS);
    let request = Arc::new(gateway.workers.run_sized(&caller.tenant, size, parse).await??);
    caller.check_access(&gateway)?;
    gateway.access.counts().more(&caller.tenant, request.operations.len().saturating_sub(1))?;
    let mut run = BulkRun::new(&gateway, &caller, &request, size);
    for wave in request.waves() {
        // With `failOnErrors`, nothing may be begun before it is known how the operation before ended.
        let at_a_time = if request.fail_on_errors.is_some() { 1 } else { wave.len() };
        for steps in wave.chunks(at_a_time) {
            let steps: Vec<Step> =
                steps.iter().copied().filter(|step| run.is_wanted(*step)).collect();
            let requests = run.parse(steps.clone()).await?;
            let writes =
                steps.iter().zip(requests).map(|(step, request)| run.execute(*step, request));
            let done = join_in_order(writes).await;
            steps.into_iter().zip(done).for_each(|(step, done)| run.record(step, done));
        }
    }
    let position = run.position;
    let mut response = scim_json(StatusCode::OK, &run.response());
    if let Some(position) = position {
        response.extensions_mut().insert(Seen(position.seq));
    }
    Ok(response)
}

/// A bulk request being carried out.
struct BulkRun<'a> {
    gateway: &'a Gateway,
    caller: &'a Caller,
    request: &'a Arc<BulkRequest>,
    /// What all its operations may store together.
    budget: Arc<StorageBudget>,
    /// About how many bytes the request has; some number over [`INLINE`] if it has more than that.
    size: usize,
    /// The ids of what was created, by `bulkId`.
    ids: Arc<HashMap<String, String>>,
    /// In the order of the request; none where an operation was not carried out.
    outcomes: Vec<Option<Outcome>>,
    errors: usize,
    /// The position of the last write.
    position: Option<Position>,
}

impl<'a> BulkRun<'a> {
    fn new(
        gateway: &'a Gateway,
        caller: &'a Caller,
        request: &'a Arc<BulkRequest>,
        size: usize,
    ) -> Self {
        Self {
            gateway,
            caller,
            request,
            budget: Arc::new(StorageBudget::new(gateway.limits.stored)),
            size,
            ids: Arc::default(),
            outcomes: vec![None; request.operations.len()],
            errors: 0,
            position: None,
        }
    }

    /// Whether a step is still to be carried out: nothing is begun after as many errors as
    /// `failOnErrors` says, but what was begun is completed.
    fn is_wanted(&self, step: Step) -> bool {
        match step {
            Step::CarryOut(_) | Step::Begin(_) => {
                self.request.fail_on_errors.is_none_or(|most| self.errors < most.max(1))
            }
            Step::Complete(index) => self.created_id(index).is_some(),
        }
    }

    /// The id of what an operation has created.
    fn created_id(&self, index: usize) -> Option<&String> {
        self.ids.get(self.request.operations[index].bulk_id.as_ref()?)
    }

    /// Parses what steps ask for, before the first of them is decided: so they are decided in their
    /// order, whichever takes longer to parse.
    async fn parse(
        &self,
        steps: Vec<Step>,
    ) -> Result<Vec<Result<WriteRequest, ScimError>>, WorkError> {
        let (request, ids) = (Arc::clone(self.request), Arc::clone(&self.ids));
        let parser = WriteParser::new(self.gateway, self.caller);
        let parse = move |step: Step| {
            let Work { resource, command } = work(&request, &ids, step)?;
            parser.parse(resource, command)
        };
        let parse_all = move |_: &_| steps.into_iter().map(parse).collect();
        // Earlier waves are durable: this must not be refused because too much waits.
        self.gateway.workers.go_on_sized(&self.caller.tenant, self.size, parse_all).await
    }

    async fn execute(
        &self,
        step: Step,
        request: Result<WriteRequest, ScimError>,
    ) -> Result<WriteResponse, ScimError> {
        let version = self.request.operations[step.operation()].version.as_deref();
        let context = WriteContext {
            gateway: self.gateway,
            caller: self.caller,
            params: &QueryParams::default(),
            precondition: Precondition::parse(version, None),
            size: self.size / self.request.operations.len().max(1),
            budget: Some(Arc::clone(&self.budget)),
            returns_body: false,
        };
        write::execute(&context, request?).await
    }

    /// Takes down what came of a step.
    fn record(&mut self, step: Step, done: Result<WriteResponse, ScimError>) {
        let index = step.operation();
        let Operation { method, bulk_id, work, .. } = &self.request.operations[index];
        let mut outcome = Outcome {
            method: method.clone(),
            bulk_id: bulk_id.clone(),
            location: None,
            version: None,
            status: String::new(),
            response: None,
        };
        match done {
            Ok(written) => {
                let status = match step {
                    Step::CarryOut(_) | Step::Begin(_) => written.status,
                    Step::Complete(_) => StatusCode::CREATED,
                };
                outcome.status = status.as_u16().to_string();
                outcome.location = Some(written.location);
                outcome.version = written.version;
                self.position = Some(written.position);
                if written.status == StatusCode::CREATED
                    && let (Some(name), Some(id)) = (bulk_id, written.id)
                {
                    Arc::make_mut(&mut self.ids).insert(name.clone(), id);
                }
            }
            Err(error) => {
                self.errors += 1;
                let body = error.body();
                outcome.status.clone_from(&body.status);
                outcome.response = Some(body);
                // The resource that a POST has begun is there, although it is not complete.
                let begun = self.outcomes[index].take().and_then(|begun| begun.location);
                outcome.location = begun.or_else(|| self.location(work.as_ref().ok()?));
            }
        }
        self.outcomes[index] = Some(outcome);
    }

    /// The URL of the resource that an operation is about, unless it was to be created.
    fn location(&self, work: &Work) -> Option<String> {
        let id = match &work.resolved(&self.ids).ok()?.command {
            Command::Create(_) => return None,
            Command::Put(id, _) | Command::Patch(id, _) | Command::Delete(id) => id.clone(),
        };
        let base_url = self.gateway.url.scim(&self.caller.tenant);
        Some(view::location(&base_url, work.resource, &id))
    }

    fn response(self) -> BulkResponse {
        BulkResponse::new(self.outcomes.into_iter().flatten().collect())
    }
}

/// What a step asks for, with the ids that are known by now in place of `bulkId` references.
fn work(
    request: &BulkRequest,
    ids: &HashMap<String, String>,
    step: Step,
) -> Result<Work, ScimError> {
    let Operation { work, bulk_id, .. } = &request.operations[step.operation()];
    let work = work.as_ref().map_err(Clone::clone)?;
    Ok(match step {
        Step::CarryOut(_) => work.resolved(ids)?,
        Step::Begin(_) => work.without_unresolved(ids),
        Step::Complete(_) => {
            let created = bulk_id.as_ref().and_then(|name| ids.get(name));
            completion(work.resolved(ids)?, created)
        }
    })
}

/// The PUT that gives a resource that was begun all that its POST says.
fn completion(work: Work, created: Option<&String>) -> Work {
    match (work, created) {
        (Work { resource, command: Command::Create(body) }, Some(id)) => {
            Work { resource, command: Command::Put(id.clone(), body) }
        }
        (work, Some(_) | None) => work,
    }
}

/// Awaits all at once, and polls each first before the next: commands are decided in the order in which
/// they are sent to the write engine.
async fn join_in_order<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut futures: Vec<_> = futures.map(|future| Box::pin(maybe_done(future))).collect();
    poll_fn(|context| {
        let mut all_ready = true;
        for future in &mut futures {
            all_ready &= future.as_mut().poll(context).is_ready();
        }
        if all_ready { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    futures.iter_mut().filter_map(|future| future.as_mut().take_output()).collect()
}
