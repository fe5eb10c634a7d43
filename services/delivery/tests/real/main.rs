//! The feed on a real nats-server.

#[cfg(test)]
mod correcting;
#[cfg(test)]
mod erasing;
#[cfg(test)]
mod publishing;
#[cfg(test)]
mod world;
