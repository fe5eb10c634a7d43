//! The law that makes it right to answer from a person's events alone, and what is told of them.

mod law;
mod real;
mod told;
mod world;
