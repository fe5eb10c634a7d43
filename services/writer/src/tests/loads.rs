//! Callers who come back as soon as they are answered, on a disk of known costs: whatever they
//! want, it takes little longer than the better of two ways, one after the other or all together.

use std::time::Duration;

use events::{GroupProfile, TeamId, Tenant};
use roster::{Intent, MemberChange, Roster};
use tokio::time::Instant;
use uuid::Uuid;

use super::world::{Caller, Failed, Writer, log_of, team, tenant};
use crate::step::{Appended, Step};

/// How many commands a load has.
const COMMANDS: usize = 600;
const DECISION: Duration = Duration::from_micros(10);

/// What the disk does, in microseconds.
#[derive(Clone, Copy, Debug)]
struct Disk {
    alone: u64,
    batch: u64,
    each: u64,
}

/// As measured on the machine of the benchmarks, on a better one, and on one that syncs slowly.
const DISKS: [Disk; 3] = [
    Disk { alone: 600, batch: 5600, each: 6 },
    Disk { alone: 300, batch: 2300, each: 10 },
    Disk { alone: 2000, batch: 9000, each: 10 },
];

impl Disk {
    fn append(self, events: usize) -> Duration {
        match events {
            1 => Duration::from_micros(self.alone),
            _ => Duration::from_micros(self.batch + self.each * events as u64),
        }
    }
}

/// Which of the commands are decisions of two events.
#[derive(Clone, Copy, Debug)]
struct Mix {
    /// Each so-manieth; none if zero.
    two_events_every: usize,
}

impl Mix {
    fn events(self, command: usize) -> usize {
        let two = self.two_events_every > 0 && command.is_multiple_of(self.two_events_every);
        1 + usize::from(two)
    }
}

/// How long a caller takes to come back: no two alike.
fn pause(caller: usize) -> Duration {
    Duration::from_micros(50 + 37 * caller as u64)
}

enum At {
    Away(Instant),
    Waiting(Caller),
}

struct World {
    writer: Writer,
    tenant: Tenant,
    groups: Vec<TeamId>,
    callers: Vec<At>,
    sent: usize,
    mix: Mix,
}

impl World {
    fn new(in_flight: usize, mix: Mix) -> Self {
        let mut log = log_of(&["acme"]);
        let mut writer = Writer::new(&log);
        let tenant = tenant("acme");
        let groups: Vec<TeamId> = (0..in_flight).map(|_| team()).collect();
        let mut made = Vec::new();
        for team in groups.iter().copied() {
            let profile = profile(&team.to_string());
            made.push(writer.submit(&tenant, move |_: &Roster| {
                Ok(Intent::NewGroup { team, profile: profile.clone(), members: vec![] })
            }));
        }
        writer.settle(&mut log);
        assert!(made.iter_mut().all(|caller| caller.answered().is_ok()));
        // Another, which knows nothing about the disk.
        let writer = Writer::new(&log);
        let callers = (0..in_flight).map(|_| At::Away(writer.now)).collect();
        Self { writer, tenant, groups, callers, sent: 0, mix }
    }

    /// Whoever is back sends the next command.
    fn come(&mut self) {
        for nth in 0..self.callers.len() {
            let back = matches!(self.callers[nth], At::Away(until) if until <= self.writer.now);
            if !back || self.sent == COMMANDS {
                continue;
            }
            let (team, two) = (self.groups[nth], self.mix.events(self.sent) > 1);
            let name = format!("{} of {nth}", self.sent);
            let command = move |_: &Roster| -> Result<Intent, Failed> {
                let member = Uuid::now_v7().to_string();
                let members = if two { vec![MemberChange::Add(vec![member])] } else { vec![] };
                Ok(Intent::Group { team, profile: profile(&name), members })
            };
            self.callers[nth] = At::Waiting(self.writer.submit(&self.tenant, command));
            self.sent += 1;
        }
    }

    /// Whoever was answered goes away for a while.
    fn go(&mut self) {
        for (nth, caller) in self.callers.iter_mut().enumerate() {
            if let At::Waiting(answer) = caller
                && let Some(answer) = answer.answer()
            {
                answer.expect("nothing is refused");
                *caller = At::Away(self.writer.now + pause(nth));
            }
        }
    }

    fn next_back(&self) -> Option<Instant> {
        let away = |caller: &At| match caller {
            At::Away(until) => Some(*until),
            At::Waiting(_) => None,
        };
        self.callers.iter().filter_map(away).min().filter(|_| self.sent < COMMANDS)
    }

    /// How long all commands take.
    fn run(mut self, disk: Disk) -> Duration {
        let began = self.writer.now;
        let mut under_way: Option<(Instant, Duration)> = None;
        loop {
            self.come();
            let until = match self.writer.engine.next(self.writer.now) {
                Step::Decide => {
                    self.writer.engine.decide();
                    self.writer.engine.charge(DECISION);
                    self.writer.now += DECISION;
                    continue;
                }
                Step::Append(batch) => {
                    let took = disk.append(batch.sealed.len());
                    under_way = Some((self.writer.now + took, took));
                    continue;
                }
                Step::Wait(until) => until,
                step => panic!("wants to {step:?}"),
            };
            let ends = under_way.map(|(ends, _)| ends);
            let Some(next) = [until, ends, self.next_back()].into_iter().flatten().min() else {
                return self.writer.now - began;
            };
            self.writer.now = self.writer.now.max(next);
            if let Some((_, took)) = under_way.take_if(|(ends, _)| *ends <= self.writer.now) {
                self.writer.appended(Appended::Durably { took });
            }
            self.go();
        }
    }
}

fn profile(name: &str) -> GroupProfile {
    GroupProfile {
        display_name: name.to_owned(),
        external_id: None,
        attributes: serde_json::Map::default(),
    }
}

/// The least that the two ways take: each decision by itself, or all callers in each append.
fn better_way(disk: Disk, mix: Mix, in_flight: usize) -> Duration {
    let commands = (0..COMMANDS).map(|command| mix.events(command)).collect::<Vec<_>>();
    let mut alone: Duration = commands.iter().map(|events| disk.append(*events)).sum();
    if in_flight == 1 {
        alone += (pause(0) + DECISION) * u32::try_from(COMMANDS).unwrap();
    }
    let together = commands.chunks(in_flight).map(|round| {
        let decisions = DECISION * u32::try_from(round.len()).unwrap();
        pause(in_flight - 1).max(decisions) + disk.append(round.iter().sum())
    });
    alone.min(together.sum())
}

#[test]
fn no_load_takes_more_than_a_fifth_longer_than_the_better_of_the_two_ways() {
    for disk in DISKS {
        for two_events_every in [0, 1, 3, 10] {
            for in_flight in [1, 2, 8, 32] {
                let mix = Mix { two_events_every };
                let took = World::new(in_flight, mix).run(disk);
                let better = better_way(disk, mix, in_flight);
                let ratio = took.as_secs_f64() / better.as_secs_f64();
                assert!(
                    ratio <= 1.2,
                    "{disk:?}, {mix:?}, {in_flight} in flight: {took:?} where {better:?} would do"
                );
            }
        }
    }
}
