//! The roster on disk: a mere cache, so that a start need not read the whole log.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use events::{Position, Seq};
use roster::Roster;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use tokio::task::spawn_blocking;

/// A snapshot is saved after so many events, or after as many as there are people if those are
/// more: so that saving costs no more than a share of what the events themselves do.
const EVERY: u64 = 50_000;

/// What the first line says, before the name of the rules.
const KIND: &str = "rollcall roster 1 ";

/// Why a snapshot is of no use. The log is read from its beginning instead.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadSnapshot {
    #[error("read the snapshot")]
    Read(#[from] io::Error),
    #[error("it was folded by the rules of another release")]
    OtherRules,
    #[error("it was damaged")]
    Damaged,
    #[error("it has another shape")]
    Shape(#[from] rmp_serde::decode::Error),
}

/// The roster that is kept at `path`; none if there is no such file.
pub(crate) async fn load(path: PathBuf) -> Result<Option<Roster>, BadSnapshot> {
    spawn_blocking(move || match read(&path) {
        Ok(roster) => Ok(Some(roster)),
        Err(BadSnapshot::Read(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    })
    .await
    .expect("reading a file does not panic")
}

/// Saves the roster to `path` every so often, and once more when nobody changes it any longer;
/// up to event `saved` it is there already.
pub(crate) async fn keep(
    path: PathBuf,
    roster: Arc<ArcSwap<Roster>>,
    mut position: watch::Receiver<Position>,
    mut saved: Seq,
) {
    loop {
        let people: usize =
            roster.load().tenants().map(|(_, tenant)| tenant.people().count()).sum();
        let due = saved.0 + EVERY.max(people as u64);
        let ended = position.wait_for(|position| position.seq.0 >= due).await.is_err();
        let picture = roster.load_full();
        if picture.position().seq > saved {
            saved = picture.position().seq;
            let place = path.clone();
            let written = spawn_blocking(move || write(&place, &picture)).await;
            if let Err(error) = written.expect("writing a file does not panic") {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "cannot save the roster; the next start will take longer");
            }
        }
        if ended {
            return;
        }
    }
}

fn read(path: &Path) -> Result<Roster, BadSnapshot> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut rules = vec![0; heading().len()];
    match file.read_exact(&mut rules) {
        Ok(()) if rules == heading().as_bytes() => {}
        Ok(()) => return Err(BadSnapshot::OtherRules),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Err(BadSnapshot::Damaged);
        }
        Err(error) => return Err(error.into()),
    }
    let beginning = file.stream_position()?;
    let rest = file.get_ref().metadata()?.len().saturating_sub(beginning);
    // Looked through as a whole before any of it is believed.
    let length = rest.checked_sub(32).ok_or(BadSnapshot::Damaged)?;
    let mut hash = Sha256::new();
    io::copy(&mut (&mut file).take(length), &mut Hashing(&mut hash))?;
    let mut told = [0; 32];
    file.read_exact(&mut told)?;
    if *hash.finalize() != told {
        return Err(BadSnapshot::Damaged);
    }
    file.seek(io::SeekFrom::Start(beginning))?;
    Ok(rmp_serde::from_read(file.take(length))?)
}

/// Writes beside `path` first: whatever crashes, what is there is whole.
fn write(path: &Path, roster: &Roster) -> io::Result<()> {
    let beside = path.with_extension("new");
    // For nobody else to read: it holds names and addresses.
    let file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    let mut file = BufWriter::with_capacity(1 << 16, file);
    file.write_all(heading().as_bytes())?;
    let mut hash = Sha256::new();
    let mut body = Both(&mut file, Hashing(&mut hash));
    rmp_serde::encode::write_named(&mut body, roster).map_err(io::Error::other)?;
    file.write_all(&hash.finalize())?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(beside, path)
}

fn heading() -> String {
    format!("{KIND}{}\n", Roster::RULES)
}

/// Takes what is written into a hash.
struct Hashing<'h>(&'h mut Sha256);

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes to the one, and what the one took to the other.
struct Both<A, B>(A, B);

impl<A: Write, B: Write> Write for Both<A, B> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.0.write(bytes)?;
        self.1.write_all(&bytes[..written])?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests;
