//! In which order the operations of a bulk request are carried out.

use std::collections::{HashMap, HashSet};

use super::{BulkRequest, Command, Operation, Work};

/// A step of carrying out the operation at this index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Do what the operation says.
    CarryOut(usize),
    /// Make the resource without the references that are part of a cycle.
    Begin(usize),
    /// Give it what `Begin` left out: a PUT of the whole.
    Complete(usize),
}

impl Step {
    /// The place of the operation in the request.
    pub fn operation(self) -> usize {
        match self {
            Self::CarryOut(place) | Self::Begin(place) | Self::Complete(place) => place,
        }
    }
}

impl BulkRequest {
    /// The steps in waves: within a wave, no step needs to know what another one made.
    ///
    /// Operations keep their order, except that one waits for those to which it refers. Circles are
    /// resolved, as RFC 7644 §3.7.1 demands, by making their resources first and completing them
    /// then. A reference to nothing is left to fail when its operation is carried out.
    pub fn waves(&self) -> Vec<Vec<Step>> {
        let mut walk = Walk {
            operations: &self.operations,
            makers: makers(&self.operations),
            seen: vec![Seen::Not; self.operations.len()],
            steps: Vec::new(),
        };
        for place in 0..self.operations.len() {
            let before = walk.steps.len();
            walk.visit(place);
            let begun = |step: &Step| match step {
                Step::Begin(place) => Some(Step::Complete(*place)),
                Step::CarryOut(_) | Step::Complete(_) => None,
            };
            let completing: Vec<Step> = walk.steps[before..].iter().filter_map(begun).collect();
            walk.steps.extend(completing);
        }
        self.cut(walk.steps)
    }

    fn cut(&self, steps: Vec<Step>) -> Vec<Vec<Step>> {
        let mut waves: Vec<Vec<Step>> = Vec::new();
        let mut being_made = HashSet::new();
        for step in steps {
            let Operation { bulk_id, work, .. } = &self.operations[step.operation()];
            let mut needed = work.as_ref().map(Work::references).unwrap_or_default();
            if let Step::Complete(_) = step {
                needed.extend(bulk_id.as_deref());
            }
            if waves.is_empty() || needed.iter().any(|name| being_made.contains(name)) {
                waves.push(Vec::new());
                being_made.clear();
            }
            being_made.extend(bulk_id.as_deref());
            if let Some(wave) = waves.last_mut() {
                wave.push(step);
            }
        }
        waves
    }
}

/// Which operation makes the resource with a `bulkId`.
fn makers(operations: &[Operation]) -> HashMap<&str, usize> {
    let mut makers = HashMap::new();
    for (place, operation) in operations.iter().enumerate() {
        if let Operation { bulk_id: Some(name), work: Ok(work), .. } = operation
            && matches!(work.command, Command::Create(_))
        {
            makers.insert(name.as_str(), place);
        }
    }
    makers
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Not,
    /// What it refers to is being visited.
    InProgress,
    Done,
}

struct Walk<'a> {
    operations: &'a [Operation],
    makers: HashMap<&'a str, usize>,
    seen: Vec<Seen>,
    steps: Vec<Step>,
}

impl Walk<'_> {
    /// Plans an operation, once all that it refers to is planned.
    fn visit(&mut self, place: usize) {
        if self.seen[place] != Seen::Not {
            return;
        }
        self.seen[place] = Seen::InProgress;
        let mut in_a_circle = false;
        let references = self.operations[place].work.as_ref().map(Work::references);
        let makers: Vec<usize> = references
            .unwrap_or_default()
            .into_iter()
            .filter_map(|name| self.makers.get(name).copied())
            .collect();
        for maker in makers {
            self.visit(maker);
            in_a_circle |= self.seen[maker] == Seen::InProgress;
        }
        self.seen[place] = Seen::Done;
        self.steps.push(if in_a_circle { Step::Begin(place) } else { Step::CarryOut(place) });
    }
}
