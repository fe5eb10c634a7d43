//! Answering nats-server, which asks about everybody whom its settings do not know.

use std::sync::Arc;

use async_nats::Message;
use events::Digest;
use futures_util::StreamExt as _;
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::admission::{Admitted, Login, answer};
use super::jwt::{Issuer, verified};
use crate::clock;
use crate::error::{Cause, ReadError, unavailable};
use crate::log::Log;

/// Where nats-server asks.
const SUBJECT: &str = "$SYS.REQ.USER.AUTH";
/// Several processes share the questions.
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
    /// Answers nats-server's questions about who may come in, as `decide` says, until `stop`. As many
    /// processes as there are may do so.
    pub async fn admit_subscribers<F>(
        &self,
        issuer: Arc<Issuer>,
        decide: impl Fn(Login) -> F + Clone + Send + 'static,
        stop: &CancellationToken,
    ) -> Result<(), ReadError>
    where
        F: Future<Output = Option<Admitted>> + Send,
    {
        let client = self.main.client.clone();
        let questions = client.queue_subscribe(SUBJECT, QUEUE.to_owned()).await;
        let mut questions = questions.map_err(unavailable)?;
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let answering = async {
            while let Some(question) = questions.next().await {
                let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
                let (client, issuer, decide) =
                    (client.clone(), Arc::clone(&issuer), decide.clone());
                tokio::spawn(async move {
                    let answered = answered(&issuer, &question, decide).await;
                    let sent = match (answered, question.reply) {
                        (Ok(answer), Some(to)) => {
                            client.publish(to, answer.into()).await.map_err(Cause::from)
                        }
                        (Ok(_), None) => Ok(()),
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

async fn answered<F: Future<Output = Option<Admitted>>>(
    issuer: &Issuer,
    question: &Message,
    decide: impl Fn(Login) -> F,
) -> Result<String, Cause> {
    let Question { nats: Asked { server_id, user_nkey, connect_opts } } =
        verified(&question.payload)?;
    let digest = Digest::of(connect_opts.pass.as_bytes());
    let admitted = decide(Login { user: connect_opts.user, digest }).await;
    let (key, now) = (issuer.public_key(), clock::now().as_second());
    let token = match admitted {
        Some(admitted) => Ok(issuer.sign(&admitted.claims(&key, &user_nkey, now))?),
        // Which of user and secret is wrong is nobody's to know.
        None => Err("no subscriber has this name and this secret"),
    };
    issuer.sign(&answer(&key, &user_nkey, &server_id.id, now, token))
}
