//! A client that does as it likes with its connections.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// How long an attacker waits for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(70);

/// Where an attack comes from, and where it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    pub(crate) to: SocketAddr,
    pub(crate) from: Ipv4Addr,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    Answer {
        status: u16,
        head: String,
        body: Vec<u8>,
    },
    /// The connection was refused or ended without an answer.
    Nothing,
    /// There was no answer in time.
    Silence,
}

impl Client {
    /// The attacker number `n`, with a loopback address of their own.
    pub(crate) fn number(n: usize, to: SocketAddr) -> Self {
        let [high, low] = u16::try_from(n + 2).expect("few attackers").to_be_bytes();
        Self { to, from: Ipv4Addr::new(127, 0, high, low) }
    }

    pub(crate) async fn connect(self) -> std::io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from((IpAddr::V4(self.from), 0)))?;
        socket.connect(self.to).await
    }

    /// Sends a request (that says `Connection: close`), and reads what comes to its end.
    pub(crate) async fn ask(self, request: &[u8]) -> Heard {
        match timeout(ANSWER_TIMEOUT, self.exchange(request)).await {
            Ok(Ok(bytes)) => Heard::read(&bytes),
            Ok(Err(_)) => Heard::Nothing,
            Err(_) => Heard::Silence,
        }
    }

    async fn exchange(self, request: &[u8]) -> std::io::Result<Vec<u8>> {
        let (mut reading, mut writing) = self.connect().await?.into_split();
        let mut heard = Vec::new();
        let sending = async {
            // Who is refused early need not be able to send the rest.
            writing.write_all(request).await.ok();
            writing
        };
        let (_open, read) = tokio::join!(sending, reading.read_to_end(&mut heard));
        // A connection that breaks off after the answer is answered.
        if heard.is_empty() { read.map(|_| heard) } else { Ok(heard) }
    }
}

impl Heard {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(end) = end else { return Self::Nothing };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let Some(status) = status else { return Self::Nothing };
        Self::Answer { status, head, body: bytes[end + 4..].to_vec() }
    }

    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Answer { status, .. } => Some(*status),
            Self::Nothing | Self::Silence => None,
        }
    }

    /// A header of the answer; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        let Self::Answer { head, .. } = self else { return "" };
        let mut pairs = head.lines().filter_map(|line| line.split_once(':'));
        let found = pairs.find(|(its_name, _)| its_name.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.trim())
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::Answer { body, .. } => String::from_utf8_lossy(body).into_owned(),
            Self::Nothing | Self::Silence => String::new(),
        }
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer { status, .. } => write!(f, "{status}"),
            Self::Nothing => write!(f, "no answer"),
            Self::Silence => write!(f, "silence"),
        }
    }
}

/// A request as it goes over the wire; `length` is what it says of its body.
pub(crate) fn head(line: &str, headers: &[(&str, &str)], length: Option<usize>) -> Vec<u8> {
    let mut text = format!("{line} HTTP/1.1\r\nHost: localhost\r\n");
    for (name, value) in headers {
        text.extend([*name, ": ", *value, "\r\n"]);
    }
    if let Some(length) = length {
        text.extend(["Content-Length: ", &length.to_string(), "\r\n"]);
    }
    text.push_str("\r\n");
    text.into_bytes()
}

/// A whole request, after which the connection ends.
pub(crate) fn request(line: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut headers = headers.to_vec();
    headers.push(("Connection", "close"));
    let length = (!body.is_empty()).then_some(body.len());
    [&head(line, &headers, length), body].concat()
}
