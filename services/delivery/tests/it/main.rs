//! What applications are told.

#[cfg(test)]
mod facts;
#[cfg(test)]
mod intents;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod subscriber;
#[cfg(test)]
mod told;
