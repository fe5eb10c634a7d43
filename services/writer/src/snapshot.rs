//! The roster on disk: a mere cache, so that a start need not read the whole log.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use events::{Position, Seq};
use roster::Roster;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use tokio::task::spawn_blocking;

/// A snapshot is saved after so many events, or after as many as there are people if those are
/// more: so that saving costs no more than a share of what the events themselves do.
const EVENTS_PER_SNAPSHOT: u64 = 50_000;

/// How long a save may go on once nobody changes the roster any longer. A stop must not wait for a
/// cache: the snapshot before serves as well, the next start only reads more.
const FINAL_SAVE_TIMEOUT: Duration = Duration::from_secs(4);

/// What the first line says, before the name of the rules.
const KIND: &str = "rollcall roster 2 ";

/// The two lines at the beginning are no longer than this.
const MAX_HEADER_BYTES: u64 = 1024;

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

/// The last event that the snapshot at `path` holds, whichever release wrote it; none, if there is
/// no snapshot or its head is damaged. Reads two lines and no more.
pub(crate) fn position(path: &Path) -> Option<Position> {
    let mut file = BufReader::new(File::open(path).ok()?.take(MAX_HEADER_BYTES));
    let (mut rules, mut place) = (String::new(), String::new());
    file.read_line(&mut rules).ok()?;
    file.read_line(&mut place).ok()?;
    if rules.starts_with(KIND) { parsed(&place) } else { None }
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

/// Saves the roster to `path` every so often, at once when somebody is erased, and once more when
/// nobody changes it any longer; up to event `saved` it is there already.
pub async fn keep(
    path: PathBuf,
    roster: Arc<ArcSwap<Roster>>,
    mut position: watch::Receiver<Position>,
    mut saved: Seq,
) {
    loop {
        let people: usize =
            roster.load().tenants().map(|(_, tenant)| tenant.people().count()).sum();
        let due = saved.0 + EVENTS_PER_SNAPSHOT.max(people as u64);
        // A picture from before an erasure shows who is to be forgotten.
        let is_stale = || roster.load().last_erasure() > saved;
        let ended =
            position.wait_for(|position| position.seq.0 >= due || is_stale()).await.is_err();
        let picture = roster.load_full();
        if picture.position().seq > saved {
            saved = picture.position().seq;
            save(path.clone(), picture, position.clone()).await;
        }
        if ended {
            return;
        }
    }
}

/// Saves one picture of the roster; gives up when there is no time left for it.
async fn save(path: PathBuf, picture: Arc<Roster>, mut position: watch::Receiver<Position>) {
    let enough = Arc::new(AtomicBool::new(false));
    let given_up = Arc::clone(&enough);
    let mut writing = spawn_blocking(move || write(&path, &picture, &given_up));
    let too_late = async {
        while position.changed().await.is_ok() {}
        tokio::time::sleep(FINAL_SAVE_TIMEOUT).await;
    };
    let written = tokio::select! {
        written = &mut writing => written,
        () = too_late => {
            enough.store(true, Ordering::Relaxed);
            writing.await
        }
    };
    if let Err(error) = written.expect("writing a file does not panic") {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "the roster was not saved; the next start will take longer");
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
    let mut place = String::new();
    (&mut file).take(MAX_HEADER_BYTES).read_line(&mut place).map_err(|_| BadSnapshot::Damaged)?;
    let position = parsed(&place).ok_or(BadSnapshot::Damaged)?;
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
    let roster: Roster = rmp_serde::from_read(file.take(length))?;
    if roster.position() == position { Ok(roster) } else { Err(BadSnapshot::Damaged) }
}

/// Writes beside `path` first: whatever crashes, what is there is whole.
fn write(path: &Path, roster: &Roster, enough: &AtomicBool) -> io::Result<()> {
    let beside = path.with_extension("new");
    match fill(&beside, roster, enough) {
        Ok(()) => fs::rename(beside, path),
        Err(error) => {
            drop(fs::remove_file(&beside));
            // What was in the middle of writing has words of its own for that.
            Err(if enough.load(Ordering::Relaxed) { out_of_time() } else { error })
        }
    }
}

fn fill(path: &Path, roster: &Roster, enough: &AtomicBool) -> io::Result<()> {
    // For nobody else to read: it holds names and addresses.
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    let mut file = BufWriter::with_capacity(1 << 16, Until { file, enough });
    file.write_all(heading().as_bytes())?;
    file.write_all(line(roster.position()).as_bytes())?;
    let mut hash = Sha256::new();
    let mut body = Both(&mut file, Hashing(&mut hash));
    rmp_serde::encode::write_named(&mut body, roster).map_err(io::Error::other)?;
    file.write_all(&hash.finalize())?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.file.sync_all()
}

fn heading() -> String {
    format!("{KIND}{}\n", Roster::RULES)
}

/// The second line: where the roster stands, in a shape that every release reads. It has a digest of
/// its own, lest a damaged cache be taken for evidence of a damaged log.
fn line(Position { seq, chain }: Position) -> String {
    let place = format!("{seq} {chain}");
    let digest = events::Digest::of(place.as_bytes());
    format!("{place} {digest}\n")
}

fn parsed(text: &str) -> Option<Position> {
    let mut words = text.trim_end().split(' ');
    let seq = Seq(words.next()?.parse().ok()?);
    let chain = words.next()?.parse().ok()?;
    let position = Position { seq, chain };
    (line(position) == text).then_some(position)
}

/// Writes until it is enough.
#[derive(Debug)]
struct Until<'e> {
    file: File,
    enough: &'e AtomicBool,
}

impl Write for Until<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.enough.load(Ordering::Relaxed) {
            return Err(out_of_time());
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn out_of_time() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "there was no time left for it")
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
