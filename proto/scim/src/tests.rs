//! What holds for the crate as a whole.

mod entra;
mod laws;
mod oracle;
