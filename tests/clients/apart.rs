//! Roles as processes of their own, on the log of a world and a database of their own.

use kit::program::Program;
use kit::servers::fresh_database;
use kit::world::World;

pub(crate) struct Apart {
    nats_url: String,
    database_url: String,
}

impl Apart {
    pub(crate) async fn of(world: &World) -> Self {
        Self { nats_url: world.nats.url(), database_url: fresh_database().await }
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Program {
        let environment = [
            ("NATS_URL", self.nats_url.as_str()),
            ("DATABASE_URL", self.database_url.as_str()),
            ("ROLLCALL_LOG", "json"),
        ];
        Program::start(arguments, &environment)
    }
}
