//! The program under attack, with two tenants.

use std::net::SocketAddr;

use kit::company::Company;
use kit::world::World;
use serde_json::Value;
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

use crate::client::{Client, request};
use crate::neighbour::Neighbour;
use crate::service_level::Served;

/// A running `rollcall up`, a tenant that attacks, and one that works.
pub(crate) struct Target {
    pub(crate) world: World,
    pub(crate) attacker: Company,
    pub(crate) neighbour: Neighbour,
    /// How the neighbour is served while nobody attacks; measured once.
    pub(crate) before: OnceCell<Served>,
    _turn: SemaphorePermit<'static>,
}

/// One attack at a time: each wants the machine for itself.
static TURN: Semaphore = Semaphore::const_new(1);

impl Target {
    pub(crate) async fn start() -> Self {
        Self::set(vec![]).await
    }

    /// One whose program is told more by its environment.
    pub(crate) async fn set(settings: Vec<(&'static str, String)>) -> Self {
        let turn = TURN.acquire().await.expect("nobody closes it");
        let world = World::set(settings).await;
        let mut attacker = world.company("attacker", "workplace").await;
        let mut neighbour = world.company("neighbour", "workplace").await;
        // What is prepared comes in by the door for verbs, which speaks no TLS.
        let running = std::fs::read(world.data_dir().join("up.json"));
        let running: Value = serde_json::from_slice(&running.expect("it runs")).expect("JSON");
        let plain = running["url"].as_str().expect("where it listens");
        attacker.moved_to(plain);
        neighbour.moved_to(plain);
        let neighbour = Neighbour::of(&neighbour, &world.url()).await;
        Self { world, attacker, neighbour, before: OnceCell::new(), _turn: turn }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.world.program.pid()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        let url = self.world.url();
        let (_, address) = url.split_once("://").expect("a URL");
        address.parse().expect("an address and a port")
    }

    /// An attacker with an address of their own.
    pub(crate) fn from(&self, number: usize) -> Client {
        Client::number(number, self.address())
    }

    /// A SCIM request of the attacker's tenant, as it goes over the wire.
    pub(crate) fn scim(&self, method: &str, path: &str, body: &Value) -> Vec<u8> {
        let token = format!("Bearer {}", self.attacker.secret_token);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers =
            [("Authorization", token.as_str()), ("Content-Type", "application/scim+json")];
        request(&format!("{method} /scim/v2/attacker/{path}"), &headers, body.as_bytes())
    }
}
