//! The pages, each with its routes.

pub(crate) mod activity;
pub(crate) mod administrators;
pub(crate) mod integrations;
pub(crate) mod leavers;
pub(crate) mod operations;
pub(crate) mod overview;
pub(crate) mod people;
pub(crate) mod requests;
pub(crate) mod sessions;
pub(crate) mod sign_in;
pub(crate) mod start;
pub(crate) mod teams;
