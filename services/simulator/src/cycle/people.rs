//! The people's part of a cycle.

use std::collections::HashMap;

use serde_json::json;

use super::memory::{Anchor, Custody};
use super::object::Settled;
use super::{Job, gather, plan};
use crate::client::{ClientError, Kind};
use crate::directory::{ObjectId, Person};
use crate::mapping::{ACTIVE, Attribute, Mapping, USER_NAME};
use crate::outcome::{CycleOutcome, Failure, Progress, Stage};

impl Job {
    pub(super) async fn people(
        &mut self,
        outcome: &mut CycleOutcome,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), ClientError> {
        let steps = plan::people(&self.directory, &self.memory, self.mapping);
        let desk = self.desk(Kind::User, self.matching.clone());
        let (directory, memory, mapping) = (&self.directory, &self.memory, self.mapping);
        let turns = steps.iter().map(|step| {
            let desk = &desk;
            let object = step.object();
            let wanted = directory.people.get(&object).map(|person| wanted(mapping, person));
            let wanted = wanted.unwrap_or_default();
            let known = memory.users.get(&object).map(|anchor| anchor.resource.clone());
            async move { (object, desk.turn(*step, known, &wanted).await, wanted) }
        });
        let turns = gather(turns, self.in_flight, Stage::People, progress).await;
        let mut owners = self.memory.owners();
        for (person, settled, wanted) in turns {
            match settled {
                Ok(settled) => self.settle_person(person, settled, wanted, &mut owners, outcome),
                Err(error) => outcome.failed(person, error)?,
            }
        }
        Ok(())
    }

    fn settle_person(
        &mut self,
        person: ObjectId,
        settled: Settled,
        wanted: Vec<Attribute>,
        owners: &mut HashMap<String, ObjectId>,
        outcome: &mut CycleOutcome,
    ) {
        match settled {
            Settled::Deleted => {
                outcome.people.deleted += 1;
                self.memory.user_deleted(person);
            }
            Settled::Forgotten => {
                outcome.people.forgotten += 1;
                if let Some(anchor) = self.memory.users.get_mut(&person) {
                    anchor.custody = Custody::Forgotten;
                }
            }
            Settled::At { resource, deed } => {
                let owner = owners.entry(resource.clone()).or_insert(person);
                if *owner != person {
                    let what = format!("matches resource {resource}, which is {owner} already");
                    outcome.failures.push(Failure { object: person, what });
                    return;
                }
                let assigned = self.directory.people.get(&person).is_none_or(|p| p.in_scope);
                match self.memory.users.get_mut(&person) {
                    Some(anchor) if anchor.resource == resource => {
                        outcome.people.count(deed, &anchor.attributes, &wanted);
                        anchor.custody = Custody::Managed;
                        anchor.assigned = assigned;
                        anchor.acknowledge(wanted);
                    }
                    Some(_) | None => {
                        outcome.people.count(deed, &[], &wanted);
                        let anchor = Anchor::new(resource, wanted);
                        self.memory.keep_user(self.mapping, person, anchor);
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
