//! What a plan relies on, as it is now.

use acts::World;
use projector::{ReadModel, SlotPeek, Slots};

use crate::operations::Operations;
use crate::ops::OpsError;
use crate::way_back::name;

/// The projection of this name.
pub(super) fn model(ops: &Operations, name: &str) -> Result<ReadModel, OpsError> {
    let known = ops.projections().iter().find(|model| model.name == name);
    known.copied().ok_or_else(|| OpsError::no_projection(name, ops.projections()))
}

/// The slots of a projection.
pub(super) async fn slots(ops: &Operations, model: ReadModel) -> Result<Slots, OpsError> {
    Ok(projector::slots(ops.database().pool(), model.name).await?)
}

/// What a plan relies on.
pub(super) fn world(model: ReadModel, slots: &Slots) -> World {
    let id = |slot: &Option<SlotPeek>| slot.as_ref().map(name);
    World {
        rules: model.made_by(),
        live: id(&slots.live),
        candidate: id(&slots.candidate),
        previous: id(&slots.previous),
    }
}
