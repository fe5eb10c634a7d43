//! The members' part of a cycle: references travel last.

use futures_util::{StreamExt, stream};
use http::{Method, StatusCode};
use serde_json::Value;

use super::plan::MemberStep;
use super::sync_state::SyncState;
use super::{Job, plan};
use crate::client::{Client, ClientError, ResourceType, Span};
use crate::dialect::Dialect;
use crate::outcome::{CycleOutcome, Progress, Stage};

impl Job {
    /// One PATCH for each member, several in flight on one group.
    pub(super) async fn members(
        &mut self,
        outcome: &mut CycleOutcome,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), ClientError> {
        let steps = plan::members(&self.directory, &self.state);
        let total = steps.len() as u64;
        let mut done = 0;
        for of_one_group in steps.chunk_by(|one, next| one.group() == next.group()) {
            let turns = of_one_group.iter().map(|step| {
                let (client, state, dialect) = (&self.client, &self.state, self.dialect);
                async move { (*step, member_turn(client, state, dialect, *step).await) }
            });
            let turns: Vec<_> =
                stream::iter(turns).buffer_unordered(self.in_flight).collect().await;
            done += turns.len() as u64;
            progress(Progress { stage: Stage::Members, done, total });
            for (step, synced) in turns {
                let span = match synced {
                    Ok(span) => span,
                    Err(error) => {
                        outcome.failed(step.group(), error)?;
                        continue;
                    }
                };
                match step {
                    MemberStep::Add { group, person } => {
                        outcome.members_added += 1;
                        self.state.memberships.insert((group, person), span);
                    }
                    MemberStep::Remove { group, person } => {
                        outcome.members_removed += 1;
                        self.state.memberships.remove(&(group, person));
                    }
                    MemberStep::LeaveOut { group, person } => {
                        outcome.members_left_out += 1;
                        self.state.left_out.insert((group, person));
                    }
                }
            }
        }
        let groups = &self.directory.groups;
        self.state.left_out.retain(|(group, person)| {
            groups.get(group).is_some_and(|group| group.members.contains(person))
        });
        Ok(())
    }
}

async fn member_turn(
    client: &Client,
    state: &SyncState,
    dialect: Dialect,
    step: MemberStep,
) -> Result<Option<Span>, ClientError> {
    let (group, person, body): (_, _, fn(Dialect, &str) -> Value) = match step {
        MemberStep::Add { group, person } => (group, person, Dialect::add_member),
        MemberStep::Remove { group, person } => (group, person, Dialect::remove_member),
        MemberStep::LeaveOut { .. } => return Ok(None),
    };
    let (Some(group), Some(person)) = (state.groups.get(&group), state.users.get(&person)) else {
        return Ok(None);
    };
    let body = body(dialect, &person.resource);
    let answer = client.patch(ResourceType::Group, &group.resource, &body).await?;
    match answer.status {
        StatusCode::OK | StatusCode::NO_CONTENT => Ok(answer.span),
        _ => Err(answer.refused(Method::PATCH, "/Groups")),
    }
}
