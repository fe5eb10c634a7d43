//! The RAM disk of Linux: whether the servers of tests fit in it.

use std::fs;

/// Where Linux mounts it.
pub(crate) const PATH: &str = "/dev/shm";

/// More than all the tests of a process write.
const MIN_FREE_BYTES: u64 = 6 << 30;

/// Whether the RAM disk and the free memory both have room for the servers of tests.
pub(crate) fn is_roomy() -> bool {
    room().min(available()) >= MIN_FREE_BYTES
}

/// What may be written there, in bytes. A container often has 64 MiB.
fn room() -> u64 {
    rustix::fs::statvfs(PATH).map_or(0, |disk| disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// What programs may still ask for, in bytes.
fn available() -> u64 {
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.unwrap_or(0).saturating_mul(1024)
}
