//! Applications that hear the feed by each door, and may be killed at any moment.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_nats::jetstream::{self, consumer::PullConsumer};
use futures_util::StreamExt as _;
use kit::http::http;
use kit::receiver::Receiver;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::reach::{Here, PATIENCE, a_moment, asked, here};
use crate::feed_reader::Table;

/// What an application keeps: what it heard, and its table. It outlives the application.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) table: Table,
    /// The numbers of what was heard, by id.
    pub(super) heard: BTreeMap<String, u64>,
    /// The last number of each thing.
    last: BTreeMap<String, u64>,
    /// Events that came behind later ones of the same thing.
    pub(super) late: usize,
    /// Where it is, if it has to know.
    cursor: Option<String>,
}

pub(super) type Database = Arc<Mutex<Kept>>;

pub(super) fn kept(database: &Database) -> MutexGuard<'_, Kept> {
    database.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    fn take(&mut self, event: &Value) {
        let text = |name: &str| event[name].as_str().expect("a text").to_owned();
        let number: u64 = text("sequence").parse().expect("a number");
        if self.heard.insert(text("id"), number).is_some() {
            return;
        }
        let last = self.last.entry(text("subject")).or_default();
        if number < *last {
            self.late += 1;
            return;
        }
        *last = number;
        self.table.take(event);
    }
}

/// An application that runs until it is killed: whatever it holds in its hands is lost then.
pub(super) struct Application {
    task: JoinHandle<()>,
}

impl Application {
    pub(super) fn run(
        work: impl Future<Output = std::convert::Infallible> + Send + 'static,
    ) -> Self {
        Self { task: tokio::spawn(async move { match work.await {} }) }
    }

    pub(super) fn kill(self) {
        self.task.abort();
    }
}

/// Asks for pages by the subscriber's name, which keeps its place: this application keeps none.
pub(super) async fn pages(company: Here, database: Database) -> std::convert::Infallible {
    let mut after = String::new();
    loop {
        let request = || {
            let company = here(&company);
            let query = format!("subscriber=pages&limit=200&wait=1s{after}");
            http()
                .get(format!("{}/events?{query}", company.api_base_url))
                .bearer_auth(&company.api_token)
        };
        let answer = asked(request, &[200]).await;
        let next = answer.headers()["rollcall-next"].to_str().expect("a cursor").to_owned();
        let Ok(body) = answer.text().await else { continue };
        let batch: Vec<Value> = serde_json::from_str(&body).expect("a batch");
        for event in &batch {
            kept(&database).take(event);
            // So that a kill may hit it in the midst of a page.
            tokio::task::yield_now().await;
        }
        after = format!("&after={next}");
    }
}

/// Hears a stream, and keeps the cursor of what it has.
pub(super) async fn stream(company: Here, database: Database) -> std::convert::Infallible {
    loop {
        let last = kept(&database).cursor.clone();
        let request = || {
            let company = here(&company);
            let request = http().get(format!("{}/events", company.api_base_url));
            let request =
                request.bearer_auth(&company.api_token).header("accept", "text/event-stream");
            match &last {
                Some(last) => request.header("last-event-id", last),
                None => request,
            }
        };
        let Ok(mut answer) = request().send().await else {
            a_moment().await;
            continue;
        };
        let mut heard = String::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            heard += &String::from_utf8_lossy(&chunk);
            while let Some(end) = heard.find("\n\n") {
                let block: String = heard.drain(..end + 2).collect();
                let line = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
                let (Some(id), Some(data)) = (line("id: "), line("data: ")) else { continue };
                let event: Value = serde_json::from_str(data).expect("JSON");
                let mut kept = kept(&database);
                kept.take(&event);
                kept.cursor = Some(id.to_owned());
            }
        }
        a_moment().await;
    }
}

/// Fetches from NATS, and acknowledges what it has.
pub(super) async fn fetches(nats_url: String, database: Database) -> std::convert::Infallible {
    loop {
        let fetching = async {
            let client = async_nats::connect(&nats_url).await.ok()?;
            let stream = jetstream::new(client).get_stream("FEED").await.ok()?;
            let consumer: PullConsumer = stream.get_consumer("contoso_fetches").await.ok()?;
            loop {
                let batch = consumer.fetch().max_messages(200).messages().await.ok()?;
                let mut batch = std::pin::pin!(batch);
                let mut is_empty = true;
                // A server that was killed ends no batch.
                while let Some(message) = timeout(PATIENCE, batch.next()).await.ok()? {
                    let message = message.ok()?;
                    is_empty = false;
                    let headers = message.headers.clone().expect("it has headers");
                    let header = |name: &str| headers.get(name).map(|it| it.as_str().to_owned());
                    let data: Value = serde_json::from_slice(&message.payload).expect("JSON");
                    kept(&database).take(&json!({
                        "id": header("ce-id"),
                        "type": header("ce-type"),
                        "subject": header("ce-subject"),
                        "sequence": header("ce-sequence"),
                        "data": data,
                    }));
                    message.ack().await.ok()?;
                }
                if is_empty {
                    a_moment().await;
                }
            }
        };
        let _lost: Option<std::convert::Infallible> = fetching.await;
        a_moment().await;
    }
}

/// What the receiver's application has by what the receiver got.
pub(super) fn of_receiver(receiver: &Receiver) -> Kept {
    let mut kept = Kept::default();
    for received in receiver.received() {
        kept.take(&received.event());
    }
    kept
}
