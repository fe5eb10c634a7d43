//! What holds for the crate as a whole.

mod any;
mod entra;
mod laws;
mod oracle;
mod truth;
