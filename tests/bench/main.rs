//! The main path, measured: `cargo bench -p rollcall --bench main_path`. With `-- --quick` it takes
//! less than a minute; `-- --help` tells what else there is.
//!
//! Every figure stands beside a limit that is measured in the same run on the same machine, and is
//! to be read as a ratio to it. Client, server, nats-server and Postgres share the machine's cores.
//! What is to be compared is measured in turns, so that a noisy neighbour spoils both. Nothing here
//! passes or fails by the clock: the targets are printed beside what was measured.

mod alone;
mod bare;
mod bare_rows;
mod client;
mod company;
mod departures;
mod everything;
mod explain;
mod facts;
mod gateway;
mod groups;
mod load;
mod options;
mod past;
mod people;
mod processor;
mod program;
mod replay;
mod row;
mod start;
mod table;
mod targets;
mod writer;

use clap::Parser as _;

use options::{Options, Part};
use past::Past;
use targets::Targets;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let extent = options.extent();
    let dir = tempfile::tempdir_in(&options.dir)?;
    let dir = dir.path();
    let mut targets = Targets::default();
    if options.wants(Part::Gateway) {
        gateway::measure(&dir.join("gateway"), &extent, &mut targets).await?;
    }
    if options.wants(Part::Groups) {
        groups::measure(&dir.join("groups"), &extent, &mut targets).await?;
    }
    if options.wants(Part::Row) {
        everything::measure(&dir.join("everything"), &extent, &mut targets).await?;
    }
    if options.wants(Part::Replay) || options.wants(Part::Start) {
        let past = Past::write(&dir.join("past"), extent.events).await?;
        if options.wants(Part::Replay) {
            replay::measure(&past, &dir.join("postgres"), &mut targets).await?;
        }
        if options.wants(Part::Start) {
            start::measure(&past, &dir.join("roster.snapshot"), &mut targets).await?;
        }
    }
    if options.wants(Part::Operations) {
        // A directory of 10,000 people, and one person among all events.
        for (number, events) in [extent.events / 10, extent.events].into_iter().enumerate() {
            let dir = dir.join(format!("explain{number}"));
            let past = Past::write(&dir.join("nats"), events).await?;
            explain::measure(&past, &dir, &mut targets).await?;
        }
    }
    targets.say();
    Ok(())
}
