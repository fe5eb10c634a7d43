//! Answering nats-server, which asks about everybody whom its settings do not know.

use std::sync::Arc;

use async_nats::Message;
use events::Digest;
use futures_util::StreamExt as _;
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::admission::{Decision, Login, answer};
use super::jwt::{Issuer, verified};
use crate::clock;
use crate::error::{Cause, ReadError, unavailable};
use crate::log::Log;
use crate::stream_name::StreamName;

/// Where nats-server asks.
const SUBJECT: &str = "$SYS.REQ.USER.AUTH";
/// Several processes of one log share the questions.
const QUEUE: &str = "rollcall";
/// How many questions are thought about at a time.
const AT_ONCE: usize = 64;

/// A question of nats-server.
#[derive(Deserialize)]
struct Question {
    nats: Asked,
}

#[derive(Deserialize)]
struct Asked {
    server_id: Server,
    user_nkey: String,
    connect_opts: Shown,
}

#[derive(Deserialize)]
struct Server {
    id: String,
}

/// What whoever wants to come in has shown.
#[derive(Default, Deserialize)]
struct Shown {
    #[serde(default)]
    user: String,
    #[serde(default)]
    pass: String,
}

impl Log {
    /// Answers nats-server's questions about who may come in to the feed of this log, as `decide` says,
    /// until `stop`. As many processes as there are may do so. Those of each log hear every question.
    pub async fn admit_subscribers<F>(
        &self,
        issuer: Arc<Issuer>,
        decide: impl Fn(Login) -> F + Clone + Send + 'static,
        stop: &CancellationToken,
    ) -> Result<(), ReadError>
    where
        F: Future<Output = Decision> + Send,
    {
        let (client, name) = (self.main.client.clone(), self.name.clone());
        let questions = client.queue_subscribe(SUBJECT, self.name.bucket(QUEUE)).await;
        let mut questions = questions.map_err(unavailable)?;
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let answering = async {
            while let Some(question) = questions.next().await {
                let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
                let (client, issuer, decide, name) =
                    (client.clone(), Arc::clone(&issuer), decide.clone(), name.clone());
                tokio::spawn(async move {
                    let answered = answered(&issuer, &name, &question, decide).await;
                    let sent = match (answered, question.reply) {
                        (Ok(Some(answer)), Some(to)) => {
                            client.publish(to, answer.into()).await.map_err(Cause::from)
                        }
                        (Ok(_), _) => Ok(()),
                        (Err(error), _) => Err(error),
                    };
                    if let Err(error) = sent {
                        let error = &*error as &dyn std::error::Error;
                        tracing::warn!(error, "a question of nats-server was not answered");
                    }
                    drop(place);
                });
            }
        };
        stop.run_until_cancelled(answering).await;
        Ok(())
    }
}

/// The answer; none, if it is for others to give.
async fn answered<F: Future<Output = Decision>>(
    issuer: &Issuer,
    log: &StreamName,
    question: &Message,
    decide: impl Fn(Login) -> F,
) -> Result<Option<String>, Cause> {
    let Question { nats: Asked { server_id, user_nkey, connect_opts } } =
        verified(&question.payload)?;
    let digest = Digest::of(connect_opts.pass.as_bytes());
    let decision = decide(Login { user: connect_opts.user, digest }).await;
    let (key, now) = (issuer.public_key(), clock::now().as_second());
    let token = match decision {
        Decision::Admit(admitted) => Ok(issuer.sign(&admitted.claims(&key, &user_nkey, now, log))?),
        // Which of user and secret is wrong is nobody's to know.
        Decision::Refuse => Err("no subscriber has this name and this secret"),
        Decision::LeaveToOthers => return Ok(None),
    };
    issuer.sign(&answer(&key, &user_nkey, &server_id.id, now, token)).map(Some)
}
