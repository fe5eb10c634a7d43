//! Tampering with the log: its stream is deleted and made anew, with changed messages.

use async_nats::jetstream;

/// Makes the stream anew from its first `keep` messages, each changed as `alter` says.
pub async fn rebuild(url: &str, keep: u64, alter: impl Fn(&mut jetstream::message::StreamMessage)) {
    let client = async_nats::connect(url).await.expect("connect to nats-server");
    let jetstream = jetstream::new(client);
    let stream = jetstream.get_stream("PROVISIONING").await.expect("there is a log");
    let config = stream.cached_info().config.clone();
    let mut messages = Vec::new();
    for seq in 1..=keep {
        let mut message = stream.get_raw_message(seq).await.expect("the message is there");
        alter(&mut message);
        messages.push(message);
    }
    jetstream.delete_stream("PROVISIONING").await.expect("delete the stream");
    jetstream.create_stream(config).await.expect("make the stream");
    for message in messages {
        let mut headers = message.headers;
        // Each comes alone now: the headers of its batch no longer apply.
        let batch = ["Nats-Batch-Id", "Nats-Batch-Sequence", "Nats-Batch-Commit"];
        let expected = ["Nats-Expected-Last-Sequence"];
        let ours = headers.iter().filter(|(name, _)| {
            let name: &str = name.as_ref();
            !batch.contains(&name) && !expected.contains(&name)
        });
        let mut kept = async_nats::HeaderMap::new();
        for (name, values) in ours {
            for value in values {
                kept.append(name.clone(), value.clone());
            }
        }
        headers = kept;
        let sent = jetstream.publish_with_headers(message.subject, headers, message.payload);
        let sent = sent.await.expect("publish it again");
        sent.await.expect("the stream takes it");
    }
}
