//! What holds for the crate as a whole.

pub(crate) mod any;
mod costs;
mod entra;
mod laws;
mod names;
mod oracle;
mod truth;

/// What a request of the usual limits may cost.
pub(crate) fn budget() -> crate::Budget {
    crate::Budget::for_change(256 << 10)
}
