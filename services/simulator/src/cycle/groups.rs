//! The groups' part of a cycle, their members aside.

use super::object_sync::Synced;
use super::sync_state::Anchor;
use super::{Job, gather, plan};
use crate::client::{ClientError, ResourceType};
use crate::mapping::{DISPLAY_NAME, EXTERNAL_ID};
use crate::outcome::{CycleOutcome, Progress, Stage};

impl Job {
    pub(super) async fn groups(
        &mut self,
        outcome: &mut CycleOutcome,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), ClientError> {
        let steps = plan::groups(&self.directory, &self.state, self.mapping);
        let object_sync = self.object_sync(ResourceType::Group, vec![EXTERNAL_ID, DISPLAY_NAME]);
        let (directory, state, mapping) = (&self.directory, &self.state, self.mapping);
        let turns = steps.iter().map(|step| {
            let object_sync = &object_sync;
            let object = step.object();
            let wanted = directory.groups.get(&object).map(|group| mapping.group(group));
            let wanted = wanted.unwrap_or_default();
            let known = state.groups.get(&object).map(|anchor| anchor.resource.clone());
            async move { (object, object_sync.sync(*step, known, &wanted).await, wanted) }
        });
        let turns = gather(turns, self.in_flight, Stage::Groups, progress).await;
        for (group, synced, wanted) in turns {
            match synced {
                Err(error) => outcome.failed(group, error)?,
                Ok(Synced::Deleted | Synced::Forgotten) => {
                    outcome.groups.deleted += 1;
                    self.state.group_deleted(group);
                }
                Ok(Synced::At { resource, action }) => {
                    outcome.groups.count(action, &[], &[]);
                    match self.state.groups.get_mut(&group) {
                        Some(anchor) if anchor.resource == resource => anchor.acknowledge(wanted),
                        Some(_) | None => {
                            self.state.group_deleted(group);
                            self.state.groups.insert(group, Anchor::new(resource, wanted));
                        }
                    }
                }
            }
        }
        Ok(())
    }
}
