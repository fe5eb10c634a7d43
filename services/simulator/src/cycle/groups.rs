//! The groups' part of a cycle, their members aside.

use super::memory::Anchor;
use super::object::Settled;
use super::{Job, gather, plan};
use crate::client::{ClientError, Kind};
use crate::mapping::{DISPLAY_NAME, EXTERNAL_ID};
use crate::outcome::{CycleOutcome, Progress, Stage};

impl Job {
    pub(super) async fn groups(
        &mut self,
        outcome: &mut CycleOutcome,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), ClientError> {
        let steps = plan::groups(&self.directory, &self.memory, self.mapping);
        let desk = self.desk(Kind::Group, vec![EXTERNAL_ID, DISPLAY_NAME]);
        let (directory, memory, mapping) = (&self.directory, &self.memory, self.mapping);
        let turns = steps.iter().map(|step| {
            let desk = &desk;
            let object = step.object();
            let wanted = directory.groups.get(&object).map(|group| mapping.group(group));
            let wanted = wanted.unwrap_or_default();
            let known = memory.groups.get(&object).map(|anchor| anchor.resource.clone());
            async move { (object, desk.turn(*step, known, &wanted).await, wanted) }
        });
        let turns = gather(turns, self.in_flight, Stage::Groups, progress).await;
        for (group, settled, wanted) in turns {
            match settled {
                Err(error) => outcome.failed(group, error)?,
                Ok(Settled::Deleted | Settled::Forgotten) => {
                    outcome.groups.deleted += 1;
                    self.memory.group_deleted(group);
                }
                Ok(Settled::At { resource, deed }) => {
                    outcome.groups.count(deed, &[], &[]);
                    match self.memory.groups.get_mut(&group) {
                        Some(anchor) if anchor.resource == resource => anchor.acknowledge(wanted),
                        Some(_) | None => {
                            self.memory.group_deleted(group);
                            self.memory.groups.insert(group, Anchor::new(resource, wanted));
                        }
                    }
                }
            }
        }
        Ok(())
    }
}
