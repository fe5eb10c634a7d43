//! The read model, against a real Postgres.

#[cfg(test)]
mod changes;
#[cfg(test)]
mod cuts;
#[cfg(test)]
mod given;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod statements;
