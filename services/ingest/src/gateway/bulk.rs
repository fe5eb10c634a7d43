//! `POST /Bulk` (RFC 7644 §3.7). Each operation is a decision of its own, by the very functions
//! that serve single requests; the answer comes when all are durable.

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

use super::answer::scim_json;
use super::body::Body;
use super::caller::Caller;
use super::failure::Failure;
use super::query::Query;
use super::reading::{Change, Reader};
use super::weight;
use super::write::{Writer, Written, carry_out};
use crate::input::POSITION;
use crate::state::Gateway;
use web::workers::{INLINE, WorkError};
use writer::Budget;

/// The most operations of a request.
pub(super) const MAX: usize = 1000;

pub(super) async fn bulk(
    State(gateway): State<Gateway>,
    caller: Caller,
    Body { value, held: _held }: Body,
) -> Result<Response, Failure> {
    let weight = weight::of(&value, INLINE);
    let read =
        gateway.workers.run_sized(&caller.tenant, weight, move |_| BulkRequest::read(value, MAX));
    let request = Arc::new(read.await??);
    caller.still_may(&gateway)?;
    gateway.counts.more(&caller.tenant, request.operations.len().saturating_sub(1))?;
    let mut round = Round::new(&gateway, &caller, &request, weight);
    for wave in request.waves() {
        // Whoever counts errors wants nothing done after the last one.
        let size = if request.fail_on_errors.is_some() { 1 } else { wave.len() };
        for steps in wave.chunks(size) {
            let steps: Vec<Step> =
                steps.iter().copied().filter(|step| round.goes_on(*step)).collect();
            let read = round.read(steps.clone()).await?;
            let taken = steps.iter().zip(read).map(|(step, change)| round.take(*step, change));
            let done = in_turn(taken).await;
            steps.into_iter().zip(done).for_each(|(step, done)| round.note(step, done));
        }
    }
    let position = round.position;
    let mut response = scim_json(StatusCode::OK, &round.answer());
    if let Some(position) = position {
        response.headers_mut().insert(POSITION, position.seq.0.into());
    }
    Ok(response)
}

/// A bulk request being carried out.
struct Round<'a> {
    gateway: &'a Gateway,
    caller: &'a Caller,
    request: &'a Arc<BulkRequest>,
    /// What all its operations may store together.
    budget: Arc<Budget>,
    /// About how many bytes the request has.
    weight: usize,
    /// The ids of what was made, by `bulkId`.
    ids: Arc<HashMap<String, String>>,
    /// In the order of the request; none where an operation was not carried out.
    outcomes: Vec<Option<Outcome>>,
    errors: usize,
    /// The last write.
    position: Option<Position>,
}

impl<'a> Round<'a> {
    fn new(
        gateway: &'a Gateway,
        caller: &'a Caller,
        request: &'a Arc<BulkRequest>,
        weight: usize,
    ) -> Self {
        Self {
            gateway,
            caller,
            request,
            budget: Arc::new(Budget::new(gateway.limits.stored)),
            weight,
            ids: Arc::default(),
            outcomes: vec![None; request.operations.len()],
            errors: 0,
            position: None,
        }
    }

    /// Whether a step is still to be taken: nothing is begun after the last error that the client
    /// bears, but what was begun is completed.
    fn goes_on(&self, step: Step) -> bool {
        match step {
            Step::CarryOut(_) | Step::Begin(_) => {
                self.request.fail_on_errors.is_none_or(|most| self.errors < most.max(1))
            }
            Step::Complete(place) => self.made(place).is_some(),
        }
    }

    /// The id of what an operation has made.
    fn made(&self, place: usize) -> Option<&String> {
        self.ids.get(self.request.operations[place].bulk_id.as_ref()?)
    }

    /// Reads what steps say, before the first of them is taken: so they are taken in their order,
    /// whichever takes longer to read.
    async fn read(&self, steps: Vec<Step>) -> Result<Vec<Result<Change, Failure>>, WorkError> {
        let (request, ids) = (Arc::clone(self.request), Arc::clone(&self.ids));
        let reader = Reader::new(self.gateway, self.caller);
        let read = move |step: Step| {
            let Work { resource, command } = work(&request, &ids, step)?;
            reader.read(resource, command)
        };
        let reading = move |_: &_| steps.into_iter().map(read).collect();
        // What was done before must not be lost because others wait now.
        self.gateway.workers.go_on_sized(&self.caller.tenant, self.weight, reading).await
    }

    async fn take(&self, step: Step, change: Result<Change, Failure>) -> Result<Written, Failure> {
        let version = self.request.operations[step.operation()].version.as_deref();
        let writer = Writer {
            gateway: self.gateway,
            caller: self.caller,
            query: &Query::default(),
            precondition: Precondition::read(version, None),
            weight: self.weight / self.request.operations.len().max(1),
            budget: Some(Arc::clone(&self.budget)),
            shows: false,
        };
        carry_out(&writer, change?).await
    }

    fn note(&mut self, step: Step, done: Result<Written, Failure>) {
        let place = step.operation();
        let Operation { method, bulk_id, work, .. } = &self.request.operations[place];
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
                outcome.location = written.location;
                outcome.version = written.version;
                self.position = Some(written.position);
                if written.status == StatusCode::CREATED
                    && let (Some(name), Some(id)) = (bulk_id, written.id)
                {
                    Arc::make_mut(&mut self.ids).insert(name.clone(), id);
                }
            }
            Err(failure) => {
                self.errors += 1;
                let body = failure.body();
                outcome.status.clone_from(&body.status);
                outcome.response = Some(body);
                // What a POST began is there, although it is not complete.
                let begun = self.outcomes[place].take().and_then(|begun| begun.location);
                outcome.location = begun.or_else(|| self.location(work.as_ref().ok()?));
            }
        }
        self.outcomes[place] = Some(outcome);
    }

    /// Where the resource is that an operation is about, unless it was to be made.
    fn location(&self, work: &Work) -> Option<String> {
        let id = match &work.resolved(&self.ids).ok()?.command {
            Command::Create(_) => return None,
            Command::Put(id, _) | Command::Patch(id, _) | Command::Delete(id) => id.clone(),
        };
        let base_url = self.gateway.scim_base_url(&self.caller.tenant);
        Some(format!("{base_url}{}/{id}", work.resource.endpoint()))
    }

    fn answer(self) -> BulkResponse {
        BulkResponse::new(self.outcomes.into_iter().flatten().collect())
    }
}

/// What a step asks for, now that these ids are known.
fn work(request: &BulkRequest, ids: &HashMap<String, String>, step: Step) -> Result<Work, Failure> {
    let Operation { work, bulk_id, .. } = &request.operations[step.operation()];
    let work = work.as_ref().map_err(Clone::clone)?;
    Ok(match step {
        Step::CarryOut(_) => work.resolved(ids)?,
        Step::Begin(_) => work.without_unresolved(ids),
        Step::Complete(_) => {
            let made = bulk_id.as_ref().and_then(|name| ids.get(name));
            completing(work.resolved(ids)?, made)
        }
    })
}

/// What gives a resource that was begun all that its POST says: a PUT of the same.
fn completing(work: Work, made: Option<&String>) -> Work {
    match (work, made) {
        (Work { resource, command: Command::Create(body) }, Some(id)) => {
            Work { resource, command: Command::Put(id.clone(), body) }
        }
        (work, Some(_) | None) => work,
    }
}

/// Awaits all at once, each begun before the next: the writer decides in the order of asking.
async fn in_turn<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut futures: Vec<_> = futures.map(|future| Box::pin(maybe_done(future))).collect();
    poll_fn(|context| {
        // Every one is polled, also behind one that is not ready.
        let mut all_ready = true;
        for future in &mut futures {
            all_ready &= future.as_mut().poll(context).is_ready();
        }
        if all_ready { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    futures.iter_mut().filter_map(|future| future.as_mut().take_output()).collect()
}
