//! What one request may cost: the bytes that it copies, and the steps that it takes.

use std::cell::Cell;

use crate::{InvalidRequest, ScimType};

/// The most steps of one change, or of one question about one resource.
///
/// A step is about the work of looking at one value: 20 to 100 ns. All that a resource of 256 KiB
/// and a body of 1 MiB need, read and applied once, is below 200,000 steps; so this bound is met
/// by products of both only, and a change ends within some 50 ms, whatever was sent.
pub const STEPS: u64 = 1 << 19;

/// The steps that a search has on top of [`STEPS`] for each resource that it looks at: some eighty
/// terms of a filter.
pub const STEPS_PER_RESOURCE: u64 = 256;

/// The steps that a request has on top for each member of a group that it has to look at: some four
/// terms of a filter.
pub const STEPS_PER_MEMBER: u64 = 16;

/// How many keys of an object are passed over for one step.
const KEYS_PER_STEP: usize = 16;

/// How many bytes of text are looked at for one step.
const BYTES_PER_STEP: usize = 64;

/// What is left of what one request may cost. It limits products of what was sent and what is
/// there: a value that is copied into each of three thousand elements, a filter held against each.
///
/// It is taken by shared reference, since filters are asked in closures; it costs a few additions.
#[derive(Debug)]
pub struct WorkBudget {
    purpose: Purpose,
    bytes: Cell<usize>,
    most_bytes: usize,
    steps: Cell<u64>,
    most_steps: Cell<u64>,
}

/// What the budget is for, which decides what a client hears when it is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Change,
    Question,
}

/// A budget has no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BudgetExceeded {
    /// More bytes would be copied than a resource may have.
    Bytes { most: usize },
    /// A change would take more steps.
    ChangeSteps { most: u64 },
    /// A search or an answer would take more steps.
    QuestionSteps { most: u64 },
}

impl WorkBudget {
    /// For reading and applying what makes or changes one resource of at most so many bytes.
    pub fn for_change(most_bytes: usize) -> Self {
        Self::new(Purpose::Change, most_bytes, STEPS)
    }

    /// For finding, sorting or showing so many resources. What is shown is moved, not copied.
    pub fn for_question(resources: usize) -> Self {
        let more = STEPS_PER_RESOURCE.saturating_mul(resources as u64);
        Self::new(Purpose::Question, usize::MAX, STEPS.saturating_add(more))
    }

    fn new(purpose: Purpose, most_bytes: usize, most_steps: u64) -> Self {
        Self {
            purpose,
            bytes: Cell::new(0),
            most_bytes,
            steps: Cell::new(0),
            most_steps: Cell::new(most_steps),
        }
    }

    /// Allows for looking at so many members. To be asked once for a group, not for each term of a
    /// filter.
    pub fn allow(&self, members: usize) {
        let more = STEPS_PER_MEMBER.saturating_mul(members as u64);
        self.most_steps.set(self.most_steps.get().saturating_add(more));
    }

    /// The steps that were taken.
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// The bytes that were copied beyond the first copy of each value.
    pub fn bytes(&self) -> usize {
        self.bytes.get()
    }

    /// Charges steps, before the work is done.
    pub(crate) fn charge(&self, steps: usize) -> Result<(), BudgetExceeded> {
        let taken = self.steps.get().saturating_add(steps as u64);
        self.steps.set(taken);
        let most = self.most_steps.get();
        if taken <= most {
            return Ok(());
        }
        Err(match self.purpose {
            Purpose::Change => BudgetExceeded::ChangeSteps { most },
            Purpose::Question => BudgetExceeded::QuestionSteps { most },
        })
    }

    /// Charges the steps of looking at a text from its beginning to its end.
    pub(crate) fn charge_text(&self, bytes: usize) -> Result<(), BudgetExceeded> {
        self.charge(1 + bytes / BYTES_PER_STEP)
    }

    /// Charges the steps of passing over the keys of an object.
    pub(crate) fn charge_keys(&self, keys: usize) -> Result<(), BudgetExceeded> {
        self.charge(1 + keys / KEYS_PER_STEP)
    }

    /// Charges what it costs to copy so many bytes into so many places, before they are copied. The
    /// first copy is free: it is no more than what was sent.
    pub(crate) fn charge_copies(&self, bytes: usize, places: usize) -> Result<(), BudgetExceeded> {
        self.charge(places)?;
        let more = bytes.saturating_mul(places.saturating_sub(1));
        let copied = self.bytes.get().saturating_add(more);
        if copied > self.most_bytes {
            return Err(BudgetExceeded::Bytes { most: self.most_bytes });
        }
        self.bytes.set(copied);
        Ok(())
    }
}

impl From<BudgetExceeded> for InvalidRequest {
    fn from(spent: BudgetExceeded) -> Self {
        match spent {
            BudgetExceeded::Bytes { most } => Self::too_large(format!(
                "the resource would be larger than {most} bytes; keep less in it"
            )),
            BudgetExceeded::ChangeSteps { most } => Self::too_large(format!(
                "the change takes more than {most} steps on a resource that has so many values; \
                 send fewer operations or filters at a time"
            )),
            BudgetExceeded::QuestionSteps { most } => Self::new(
                ScimType::TooMany,
                format!(
                    "the answer takes more than {most} steps; ask with fewer terms, or for fewer \
                     attributes with filters"
                ),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_copy_is_free_and_the_others_are_refused_before_they_are_made() {
        let budget = WorkBudget::for_change(1000);
        assert_eq!(budget.charge_copies(900_000, 1), Ok(()));
        assert_eq!(budget.charge_copies(500, 3), Ok(()));
        assert_eq!(budget.charge_copies(1, 2), Err(BudgetExceeded::Bytes { most: 1000 }));
        assert_eq!(budget.bytes(), 1000);
    }

    #[test]
    fn who_spends_a_budget_hears_which_limit_it_was_and_what_to_do() {
        let change = InvalidRequest::from(WorkBudget::for_change(0).charge(1 << 20).unwrap_err());
        assert_eq!((change.status, change.scim_type), (413, None));
        assert!(change.detail.contains("524288 steps") && change.detail.contains("fewer"));
        let question =
            InvalidRequest::from(WorkBudget::for_question(0).charge(1 << 20).unwrap_err());
        assert_eq!((question.status, question.scim_type), (400, Some(ScimType::TooMany)));
        let large =
            InvalidRequest::from(WorkBudget::for_change(7).charge_copies(8, 2).unwrap_err());
        assert_eq!(large.status, 413);
        assert!(large.detail.contains("7 bytes"));
    }

    #[test]
    fn the_limit_told_is_the_one_that_was_exceeded() {
        let budget = WorkBudget::for_question(2);
        budget.allow(3);
        let most = STEPS + 2 * STEPS_PER_RESOURCE + 3 * STEPS_PER_MEMBER;
        let exceeded = budget.charge(1 << 20).unwrap_err();
        assert_eq!(exceeded, BudgetExceeded::QuestionSteps { most });
        assert!(InvalidRequest::from(exceeded).detail.contains(&format!("{most} steps")));
    }

    #[test]
    fn a_search_may_take_more_steps_where_there_are_more_resources() {
        let (few, many) = (WorkBudget::for_question(0), WorkBudget::for_question(10_000));
        assert!(few.charge(1 << 20).is_err() && many.charge(1 << 20).is_ok());
    }
}
