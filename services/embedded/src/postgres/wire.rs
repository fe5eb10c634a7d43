//! As much of the Postgres protocol as a start needs.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// The least of Postgres's protocol: enough to see that it answers, and to make a database.
///
/// A driver would bring an async runtime into a crate that has no other use for one.
pub(crate) struct Session(UnixStream);

/// Why Postgres said no: its `SQLSTATE` and its words.
#[derive(Debug)]
pub(crate) struct ServerError {
    pub(crate) code: String,
    pub(crate) words: String,
}

/// The version of the protocol: 3.0.
const PROTOCOL: i32 = 3 << 16;
/// Longer than any answer that we ask for.
const MAX_MESSAGE_BYTES: usize = 1 << 20;

impl Session {
    /// Connects without a password. The inner error is Postgres's own: it may be starting still.
    pub(crate) fn open(
        socket: &Path,
        user: &str,
        database: &str,
    ) -> io::Result<Result<Self, ServerError>> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut session = Self(stream);
        let mut greeting = PROTOCOL.to_be_bytes().to_vec();
        for word in ["user", user, "database", database, ""] {
            greeting.extend_from_slice(word.as_bytes());
            greeting.push(0);
        }
        session.send(None, &greeting)?;
        Ok(session.answer()?.map(|()| session))
    }

    /// Runs one statement, and reads no rows of it.
    pub(crate) fn run(&mut self, sql: &str) -> io::Result<Result<(), ServerError>> {
        let mut body = sql.as_bytes().to_vec();
        body.push(0);
        self.send(Some(b'Q'), &body)?;
        self.answer()
    }

    fn send(&mut self, kind: Option<u8>, body: &[u8]) -> io::Result<()> {
        let length = i32::try_from(body.len() + 4).map_err(io::Error::other)?;
        let mut message: Vec<u8> = kind.into_iter().collect();
        message.extend_from_slice(&length.to_be_bytes());
        message.extend_from_slice(body);
        self.0.write_all(&message)
    }

    /// Reads until Postgres is ready for the next statement, or hangs up with an error.
    fn answer(&mut self) -> io::Result<Result<(), ServerError>> {
        let mut server_error = None;
        loop {
            let mut head = [0; 5];
            match (self.0.read_exact(&mut head), server_error.take()) {
                (Ok(()), kept) => server_error = kept,
                (Err(_), Some(server_error)) => return Ok(Err(server_error)),
                (Err(e), None) => return Err(e),
            }
            let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
            let length = usize::try_from(length).map_err(io::Error::other)?;
            if !(4..MAX_MESSAGE_BYTES).contains(&length) {
                return Err(io::Error::other("not an answer of Postgres"));
            }
            let mut body = vec![0; length - 4];
            self.0.read_exact(&mut body)?;
            match head[0] {
                b'Z' => return Ok(server_error.map_or(Ok(()), Err)),
                b'E' => server_error = Some(ServerError::read(&body)),
                b'R' if body != [0; 4] => {
                    return Err(io::Error::other("Postgres wants a password"));
                }
                // Parameters, notices, tags of finished statements: nothing we wait for.
                _ => {}
            }
        }
    }
}

impl ServerError {
    /// Fields are a letter and a text that ends in a zero; a zero in place of a letter ends them.
    fn read(body: &[u8]) -> Self {
        let field = |letter: u8| {
            body.split(|byte| *byte == 0)
                .find(|field| field.first() == Some(&letter))
                .map(|field| String::from_utf8_lossy(&field[1..]).into_owned())
                .unwrap_or_default()
        };
        Self { code: field(b'C'), words: field(b'M') }
    }
}
