//! Two real builds of the program that differ in one rule: an upgrade takes nothing away from readers,
//! in either direction, by itself or by an operator's word.

mod deployment;
mod held;
mod jobs;
mod next_release;
mod rolling;
