//! Keeps a table of who is active, with their Primary team: a subscriber of a tenant's feed on NATS.
//!
//! ```sh
//! cargo new kitchen && cp subscriber.rs kitchen/src/main.rs && cd kitchen && cargo add anyhow async-nats@0.51
//! cargo add futures-util serde_json && cargo add serde --features derive && cargo add tokio --features full
//! NATS_URL=nats://HOST:4222 NATS_USER=acme_kitchen NATS_PASSWORD=rcn_... cargo run
//! ```
//! User and password are what `rollcall subscriber add kitchen --tenant acme --door nats` shows. The table is
//! in the file TABLE (table.json). An event that was not acknowledged, because this program or its connection
//! ended, comes again with the same id and number, and may then come behind later ones. Each has the whole
//! state of what it is about, so whoever passes over all that is not newer than the last one about a person
//! is always right. It prints a line of JSON for each new event.

use anyhow::{Context as _, Error};
use async_nats::ConnectOptions;
use async_nats::jetstream::{self, Message, consumer::PullConsumer};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{collections::BTreeMap, env::var, fs, io::Write as _, path::Path, time::Duration};
const REFUSED: &str = ": the password is wrong or withdrawn, or no `rollcall deliver` runs";

/// Who is active, and the number of the last event about each person. A database does as well.
#[derive(Serialize, Deserialize)]
struct Table {
    active: BTreeMap<String, Value>,
    last: BTreeMap<String, String>,
}

impl Table {
    /// Brings the table up to date, and tells of what is new.
    fn take(&mut self, event: &Message) -> anyhow::Result<()> {
        let headers = event.headers.as_ref().context("an event has headers")?;
        let header = |name| headers.get(name).map(ToString::to_string).context(name);
        let (about, number) = (header("ce-subject")?, header("ce-sequence")?);
        let (id, kind) = (header("ce-id")?, header("ce-type")?);
        if self.last.get(&about) >= Some(&number) {
            return Ok(());
        }
        self.last.insert(about.clone(), number.clone());
        if kind.starts_with("rollcall.employee.") {
            let person = &serde_json::from_slice::<Value>(&event.payload)?["employee"];
            self.active.remove(&about); // there is no person once they were erased
            if person["standing"] == "active" {
                let mut teams = person["teams"].as_array().into_iter().flatten();
                let team = teams.find(|team| team["kind"] == "primary").map(|team| &team["id"]);
                let row = json!({ "name": person["userName"], "team": team });
                self.active.insert(about.clone(), row);
            }
        }
        let told = json!({ "id": id, "type": kind, "subject": about, "sequence": number });
        Ok(writeln!(std::io::stdout(), "{told}")?)
    }

    /// Writes the table so that it is there after a power cut, as it was or as it is now.
    fn save(&self, path: &Path) -> anyhow::Result<()> {
        let part = path.with_extension("part");
        fs::write(&part, serde_json::to_vec(self)?)?;
        fs::File::open(&part)?.sync_all()?;
        fs::rename(&part, path)?;
        Ok(fs::File::open(path.parent().context("a file is in a folder")?)?.sync_all()?)
    }
}

/// Reads events. The library connects again by itself.
async fn follow(table: &mut Table, path: &Path) -> anyhow::Result<()> {
    let user = var("NATS_USER")?; // the name of the consumer, too, and how inboxes begin
    let login = ConnectOptions::with_user_and_password(user.clone(), var("NATS_PASSWORD")?)
        .custom_inbox_prefix(format!("_INBOX_{user}"))
        .event_callback(async |event| say(&event.to_string()));
    let feed = jetstream::with_prefix(login.connect(var("NATS_URL")?).await?, "ROLLCALL.API");
    let consumer: PullConsumer = feed.get_consumer_from_stream(user, "FEED").await?;
    let events = consumer.stream().heartbeat(Duration::from_secs(5)).messages().await?;
    let mut chunks = events.ready_chunks(500);
    while let Some(chunk) = chunks.next().await {
        let chunk: Vec<Message> = chunk.into_iter().collect::<Result<_, _>>()?;
        chunk.iter().try_for_each(|event| table.take(event))?;
        table.save(path)?;
        for event in chunk {
            event.ack().await.map_err(Error::from_boxed)?; // only now: else it comes again
        }
    }
    anyhow::bail!("the subscriber was removed")
}

fn say(what: &str) {
    eprintln!("{what}{}", if what.contains("authorization violation") { REFUSED } else { "" });
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let path = std::path::absolute(var("TABLE").unwrap_or("table.json".into()))?;
    let saved = fs::read(&path).unwrap_or(br#"{"active":{},"last":{}}"#.into());
    let mut table: Table = serde_json::from_slice(&saved)?;
    while let Err(error) = follow(&mut table, &path).await {
        say(&format!("{error:#}; trying again"));
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    Ok(())
}
