//! What holds for the crate as a whole.

pub(crate) mod any;
mod entra;
mod laws;
mod oracle;
mod truth;
