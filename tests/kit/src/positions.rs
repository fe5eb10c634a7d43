//! Positions and cursors as tenants are told them, for tests that have to know where they really are.

use cipher::{Cipher, Context};
use eventlog::{Log, LogOptions};
use events::Seq;
use web::PositionCipher;

/// Reads and makes positions as the program does, with the key that lies beside the log.
#[derive(Clone, Debug)]
pub struct Positions(PositionCipher);

impl Positions {
    /// Those of the log on the nats-server at `url`.
    pub async fn at(url: &str) -> Self {
        let log = Log::open_read_only(url, &LogOptions::default()).await.expect("the log");
        let key = log.shared_key(PositionCipher::KEY).await.expect("the key of positions");
        Self(PositionCipher::new(&key))
    }

    /// The position that a tenant was told as this text.
    #[track_caller]
    pub fn read(&self, tenant: &str, told: &str) -> u64 {
        let tenant = tenant.parse().expect("a slug");
        self.0.decrypt(&tenant, told).expect("a position that the tenant was told").0
    }

    /// A position as a tenant is told it.
    pub fn tell(&self, tenant: &str, position: u64) -> String {
        self.0.encrypt(&tenant.parse().expect("a slug"), Seq(position))
    }
}

/// A cursor that a tenant was told of another feed than the one that there is on the nats-server at
/// `url`.
pub async fn cursor_of_another_feed(url: &str, tenant: &str) -> String {
    let log = Log::open_read_only(url, &LogOptions::default()).await.expect("the log");
    let key = log.shared_key("cursors").await.expect("the key of cursors");
    Cipher::new(&key).encrypt(Context { tenant, purpose: "feed cursor" }, &[0; 24])
}
