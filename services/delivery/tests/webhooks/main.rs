//! Webhooks on real servers, with a receiver of the test's own.

#[cfg(test)]
mod dead_letters;
#[cfg(test)]
mod delivering;
#[cfg(test)]
mod disabling;
#[cfg(test)]
mod failing;
#[cfg(test)]
mod pausing;
#[cfg(test)]
mod replaying;
#[cfg(test)]
mod restarting;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod world;
