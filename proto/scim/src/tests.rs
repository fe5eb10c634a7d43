//! What holds for the crate as a whole.

pub(crate) mod any;
mod costs;
mod costs_of_reading;
mod elements;
mod entra;
mod json_texts;
mod laws;
mod names;
mod oracle;
mod single_values;
mod truth;

/// What a request of the usual limits may cost.
pub(crate) fn budget() -> crate::WorkBudget {
    crate::WorkBudget::for_change(256 << 10)
}
