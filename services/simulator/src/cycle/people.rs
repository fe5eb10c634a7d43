//! The people's part of a cycle.

use std::collections::HashMap;

use serde_json::json;

use super::object_sync::Synced;
use super::sync_state::{Anchor, Management};
use super::{Job, gather, plan};
use crate::client::{ClientError, ResourceType};
use crate::directory::{ObjectId, Person};
use crate::mapping::{ACTIVE, Attribute, Mapping, USER_NAME};
use crate::outcome::{CycleOutcome, Failure, Progress, Stage};

impl Job {
    pub(super) async fn people(
        &mut self,
        outcome: &mut CycleOutcome,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), ClientError> {
        let steps = plan::people(&self.directory, &self.state, self.mapping);
        let object_sync = self.object_sync(ResourceType::User, self.matching.clone());
        let (directory, state, mapping) = (&self.directory, &self.state, self.mapping);
        let turns = steps.iter().map(|step| {
            let object_sync = &object_sync;
            let object = step.object();
            let wanted = directory.people.get(&object).map(|person| wanted(mapping, person));
            let wanted = wanted.unwrap_or_default();
            let known = state.users.get(&object).map(|anchor| anchor.resource.clone());
            async move { (object, object_sync.sync(*step, known, &wanted).await, wanted) }
        });
        let turns = gather(turns, self.in_flight, Stage::People, progress).await;
        let mut owners = self.state.owners();
        for (person, synced, wanted) in turns {
            match synced {
                Ok(synced) => self.record_person(person, synced, wanted, &mut owners, outcome),
                Err(error) => outcome.failed(person, error)?,
            }
        }
        Ok(())
    }

    fn record_person(
        &mut self,
        person: ObjectId,
        synced: Synced,
        wanted: Vec<Attribute>,
        owners: &mut HashMap<String, ObjectId>,
        outcome: &mut CycleOutcome,
    ) {
        match synced {
            Synced::Deleted => {
                outcome.people.deleted += 1;
                self.state.user_deleted(person);
            }
            Synced::Forgotten => {
                outcome.people.forgotten += 1;
                if let Some(anchor) = self.state.users.get_mut(&person) {
                    anchor.management = Management::Forgotten;
                }
            }
            Synced::At { resource, action } => {
                let owner = owners.entry(resource.clone()).or_insert(person);
                if *owner != person {
                    let what = format!("matches resource {resource}, which is {owner} already");
                    outcome.failures.push(Failure { object: person, what });
                    return;
                }
                let assigned = self.directory.people.get(&person).is_none_or(|p| p.in_scope);
                match self.state.users.get_mut(&person) {
                    Some(anchor) if anchor.resource == resource => {
                        outcome.people.count(action, &anchor.attributes, &wanted);
                        anchor.management = Management::Managed;
                        anchor.assigned = assigned;
                        anchor.acknowledge(wanted);
                    }
                    Some(_) | None => {
                        outcome.people.count(action, &[], &wanted);
                        let anchor = Anchor::new(resource, wanted);
                        self.state.keep_user(self.mapping, person, anchor);
                    }
                }
            }
        }
    }
}

/// What a person's resource shall say now: of somebody without access, only that they have none, and
/// the name that Entra gives to some whom it has put into the recycle bin.
fn wanted(mapping: Mapping, person: &Person) -> Vec<Attribute> {
    if person.is_live() {
        return mapping.person(person);
    }
    let disabled = Attribute { path: ACTIVE, value: json!(false) };
    let renamed = person.name_in_recycle_bin();
    let renamed = renamed.map(|name| Attribute { path: USER_NAME, value: json!(name) });
    [disabled].into_iter().chain(renamed).collect()
}
