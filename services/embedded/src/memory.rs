//! The disk that is really memory.

use std::fs;

/// Where Linux has it.
pub(crate) const DISK: &str = "/dev/shm";

/// More than all the tests of a process write.
const ENOUGH: u64 = 6 << 30;

/// Whether it, and the memory behind it, has room for the servers of tests.
pub(crate) fn is_roomy() -> bool {
    room().min(available()) >= ENOUGH
}

/// What may be written there, in bytes. A container often has 64 MiB.
fn room() -> u64 {
    rustix::fs::statvfs(DISK).map_or(0, |disk| disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// What programs may still ask for, in bytes.
fn available() -> u64 {
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.unwrap_or(0).saturating_mul(1024)
}
