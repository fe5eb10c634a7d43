//! The edge of the gateway: what is too much, what is wrong, and what is merely odd.

mod answer;
mod encodings;
mod guesses;
mod headers;
mod large;
mod limits;
mod odd;
mod requests;
mod revocation;
mod spellings;
mod strangers;
mod world;
