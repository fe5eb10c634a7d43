//! The feed on a real nats-server.

#[cfg(test)]
mod correcting;
#[cfg(test)]
mod erasing;
#[cfg(test)]
mod nats_door;
#[cfg(test)]
mod publishing;
#[cfg(test)]
mod world;
