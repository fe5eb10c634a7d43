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
mod delivery;
mod departures;
mod everything;
mod explain;
mod facts;
mod gateway;
mod groups;
mod job;
mod load;
mod options;
mod pages;
mod past;
mod people;
mod processor;
mod program;
mod readers;
mod rebuild;
mod rebuild_report;
mod recording;
mod replay;
mod roles;
mod row;
mod start;
mod table;
mod targets;
mod traffic;
mod writer;

use std::path::Path;

use clap::Parser as _;

use options::{Extent, Options, Part};
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
        explained(dir, &extent, &mut targets).await?;
    }
    if options.wants(Part::Operations) || options.wants(Part::Rebuild) {
        let dir = dir.join("rebuild");
        let past = Past::write(&dir.join("nats"), extent.events).await?;
        rebuild::measure(&past, &dir, &extent, &mut targets).await?;
    }
    if options.wants(Part::Recording) {
        recording::measure(&dir.join("recording"), &extent, &mut targets).await?;
    }
    if options.wants(Part::Pages) {
        pages::measure(&dir.join("pages"), &extent, &mut targets).await?;
    }
    if options.wants(Part::Delivery) {
        delivery::measure(&dir.join("delivery"), &extent, &mut targets).await?;
    }
    targets.say();
    Ok(())
}

/// A directory of 10,000 people, and one person among all events.
async fn explained(dir: &Path, extent: &Extent, targets: &mut Targets) -> anyhow::Result<()> {
    for (name, events) in [("tenth", extent.events / 10), ("all", extent.events)] {
        let dir = dir.join(name);
        let past = Past::write(&dir.join("nats"), events).await?;
        explain::measure(&past, &dir, targets).await?;
    }
    Ok(())
}
