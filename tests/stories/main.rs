//! Stories: the real program on real servers, driven as its users drive it and read as they read.
//!
//! Each story has a nats-server and a database of its own. It speaks SCIM as Entra does, gives
//! commands and asks over the JSON API, and looks at the log through the program's own verbs.

mod command_line;
mod deployment;
mod feed_lost;
mod feed_reader;
mod wire;

mod backups;
mod booking_systems;
mod bookings;
mod bulk;
mod continuity;
mod credentials;
mod cursors;
mod damage;
mod deciding;
mod deep_health;
mod doctor;
mod downstream;
mod edge;
mod erasure;
mod erasure_rights;
mod etags;
mod events;
mod events_per_call;
mod extensions;
mod full_disk;
mod guard;
mod identities;
mod joiners_and_leavers;
mod listings;
mod local_edits;
mod members;
mod metrics;
mod oauth;
mod operate;
mod operator_token;
mod operators;
mod outages;
mod parked;
mod permissions;
mod privacy;
mod private_nats;
mod projections;
mod pull;
mod readers;
mod rebuilds;
mod recording;
mod rehires;
mod replay;
mod restarts;
mod restores;
mod roles;
mod see;
mod simulations;
mod sorting;
mod streams;
mod subscribers;
mod synced_teams;
mod traces;
mod undoing;
mod verbs;
mod verifying;
mod webhooks;
