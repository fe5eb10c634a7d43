//! How much memory a process occupies, as the kernel counts it.

const MEBIBYTE: usize = 1 << 20;

/// A process whose memory is watched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter {
    pid: u32,
}

impl Meter {
    pub(crate) fn of(pid: u32) -> Self {
        Self { pid }
    }

    /// What it occupies now, in MiB. From here on the peak is counted anew.
    pub(crate) fn restart(self) -> usize {
        // 5 resets the peak (proc_pid_clear_refs(5)).
        std::fs::write(format!("/proc/{}/clear_refs", self.pid), "5").expect("reset the peak");
        self.line("VmRSS:")
    }

    /// The most that it occupied since then, in MiB.
    pub(crate) fn peak(self) -> usize {
        self.line("VmHWM:")
    }

    fn line(self, name: &str) -> usize {
        let path = format!("/proc/{}/status", self.pid);
        let status = std::fs::read_to_string(path).expect("the process is still there");
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("its memory");
        let kibibytes: usize = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kibibytes * 1024 / MEBIBYTE
    }
}
