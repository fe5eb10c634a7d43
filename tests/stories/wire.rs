//! NATS by hand: what an application sees that knows nothing of us, and what a stranger may do.

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// A plain connection to a nats-server.
pub(crate) struct Wire(BufReader<TcpStream>);

/// A message as it arrives.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) subject: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Wire {
    /// Connects, as the user that the URL may name.
    pub(crate) async fn to(nats_url: &str) -> Self {
        let place = nats_url.trim_start_matches("nats://");
        let (user, address) = match place.split_once('@') {
            Some((user, address)) => (Some(user), address),
            None => (None, place),
        };
        let stream = TcpStream::connect(address).await.expect("nats-server is there");
        let mut wire = Self(BufReader::new(stream));
        assert!(wire.line().await.starts_with("INFO "), "nats-server greets");
        let mut connect =
            serde_json::json!({ "verbose": false, "pedantic": false, "headers": true });
        if let Some((user, password)) = user.and_then(|user| user.split_once(':')) {
            connect["user"] = user.into();
            connect["pass"] = password.into();
        }
        wire.say(&format!("CONNECT {connect}\r\n")).await;
        wire
    }

    /// Publishes a message that wants an answer at `reply`; tells whether the server let it pass.
    pub(crate) async fn may_publish(&mut self, subject: &str, reply: &str, body: &str) -> bool {
        self.say(&format!("PUB {subject} {reply} {}\r\n{body}\r\nPING\r\n", body.len())).await;
        self.let_pass().await
    }

    /// Subscribes; tells whether the server let it.
    pub(crate) async fn may_subscribe(&mut self, subjects: &str) -> bool {
        self.say(&format!("SUB {subjects} 2\r\nUNSUB 2\r\nPING\r\n")).await;
        self.let_pass().await
    }

    /// Whether the server answers a ping without an objection before.
    async fn let_pass(&mut self) -> bool {
        let mut passed = true;
        loop {
            match &*self.line().await {
                "PONG" => return passed,
                said if said.starts_with("-ERR 'Permissions Violation") => passed = false,
                said => panic!("nats-server said {said:?}"),
            }
        }
    }

    /// Publishes a message without headers, and waits until the server has read it.
    pub(crate) async fn publish(&mut self, subject: &str, body: &str) {
        self.say(&format!("PUB {subject} {}\r\n{body}\r\nPING\r\n", body.len())).await;
        assert_eq!(self.line().await, "PONG");
    }

    /// From now on, messages on these subjects arrive here.
    pub(crate) async fn subscribe(&mut self, subjects: &str) {
        self.say(&format!("SUB {subjects} 1\r\nPING\r\n")).await;
        assert_eq!(self.line().await, "PONG");
    }

    /// The next message: `HMSG subject sid header-length total-length`, then both.
    pub(crate) async fn next(&mut self) -> Message {
        let line = self.line().await;
        let words: Vec<&str> = line.split(' ').collect();
        let ["HMSG", subject, "1", .., head, total] = words[..] else {
            panic!("nats-server said {line:?}");
        };
        let length = |word: &str| word.parse::<usize>().expect("a length");
        let mut text = vec![0; length(total) + 2];
        self.0.read_exact(&mut text).await.expect("the message comes to its end");
        text.truncate(length(total));
        let body = text.split_off(length(head));
        let head = String::from_utf8(text).expect("headers are text");
        let headers = head.lines().filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        Message { subject: subject.to_owned(), headers: headers.collect(), body }
    }

    async fn say(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.expect("nats-server listens");
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.expect("nats-server answers");
        line.trim_end().to_owned()
    }
}

impl Message {
    /// A header's value; it is there once.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(its_name, _)| its_name == name);
        let (Some((_, value)), None) = (found.next(), found.next()) else {
            panic!("{} has no header {name}, or several: {:?}", self.subject, self.headers);
        };
        value
    }
}
