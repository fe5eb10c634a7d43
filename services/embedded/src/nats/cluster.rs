//! Servers that keep their streams together.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use super::{Nats, own};
use crate::scratch::Scratch;
use crate::{EmbeddedError, Search};

/// What a server knows of its cluster.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    name: String,
    /// Where it listens for the others.
    port: u16,
    /// Where everybody listens.
    routes: Vec<u16>,
}

impl Peer {
    pub(super) fn settings(&self) -> String {
        let host = Ipv4Addr::LOCALHOST;
        let route = |port: &u16| format!("nats://{host}:{port}");
        let routes: Vec<String> = self.routes.iter().map(route).collect();
        format!(
            "server_name: {name}\n\
             cluster {{\n  name: rollcall\n  listen: \"{host}:{port}\"\n  routes: {routes:?}\n}}\n",
            name = self.name,
            port = self.port,
        )
    }
}

impl Nats {
    /// Starts three servers that form a cluster, start empty, and are called `nats-0` to `nats-2`.
    ///
    /// Each of them answers at once; that they have found each other shows when a stream with three
    /// replicas can be made.
    pub fn cluster_for_tests() -> Result<[Self; 3], EmbeddedError> {
        let program = Search::from_env().nats_server(&|_| {})?;
        // Somebody else may take a port between the moment when it was free and its server's start.
        Self::cluster(&program).or_else(|_| Self::cluster(&program))
    }

    fn cluster(program: &Path) -> Result<[Self; 3], EmbeddedError> {
        let routes = free_ports()?;
        let mut servers = Vec::new();
        for (number, port) in routes.into_iter().enumerate() {
            let scratch = Scratch::for_tests()?;
            let dir = scratch.path().to_owned();
            let peer = Peer { name: format!("nats-{number}"), port, routes: routes.to_vec() };
            servers.push(Self::launch(program.to_owned(), &dir, Some(scratch), |dir| {
                own(dir, Some(&peer))
            })?);
        }
        Ok(servers.try_into().expect("as many servers as ports"))
    }
}

/// Three ports that were free a moment ago: the servers must know each other's beforehand.
fn free_ports() -> Result<[u16; 3], EmbeddedError> {
    let mut held = Vec::new();
    let mut free = || -> io::Result<u16> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        // Kept until all are known, so that they differ.
        held.push(listener);
        Ok(port)
    };
    let mut ports = || Ok([free()?, free()?, free()?]);
    ports().map_err(EmbeddedError::file("find free ports on", Path::new("127.0.0.1")))
}
