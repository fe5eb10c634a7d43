//! Removing from a backup what was erased from the log after it was written.

use events::Seq;

use super::directory::Directory;
use super::error::{BackupError, damaged};
use super::manifest::{BackupFile, Manifest, Segment};
use crate::tombstones::Tombstones;

/// Writes every file anew that holds an event which an erasure names, without it. The old file is
/// removed once the manifest names the new one. How many events went.
pub(super) fn scrub(
    dir: &Directory,
    manifest: &mut Manifest,
    tombstones: &Tombstones,
) -> Result<u64, BackupError> {
    let (mut scrubbed, run) = (0, manifest.run);
    for file in &mut manifest.log {
        let named = tombstones.count_between(file.first, file.last);
        let left = (file.last.0 - file.first.0 + 1).saturating_sub(named);
        // Only what an erasure names is ever missing in a file.
        if file.records <= left {
            continue;
        }
        let segment = without(dir, file, tombstones)?;
        scrubbed += file.records - segment.records();
        *file = dir.write_segment("log-scrubbed", run, &segment)?;
    }
    Ok(scrubbed)
}

fn without(
    dir: &Directory,
    file: &BackupFile,
    tombstones: &Tombstones,
) -> Result<Segment, BackupError> {
    let mut segment = Segment::begin(Seq(file.first.0 - 1));
    for line in dir.lines(file)? {
        let seq = Seq(line.seq);
        if seq < file.first || seq > file.last {
            return Err(damaged(&file.name, format!("holds event {seq}, which is elsewhere")));
        }
        if tombstones.chain_at(seq).is_none() {
            segment.push(seq, &line);
        }
    }
    segment.last = file.last;
    Ok(segment)
}
