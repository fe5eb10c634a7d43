//! Two writers, one log, any order of things: what callers are told is true.

use events::TeamId;
use proptest::prelude::*;
use roster::Refusal;
use uuid::Uuid;

use super::world::{Caller, Failed, Log, Writer, log_of, setup, tenant};
use crate::drafts::AppendBatch;
use crate::outage::Outage;
use crate::step::{Appended, Setup, Step};

#[derive(Clone, Copy, Debug)]
enum Act {
    /// Somebody wants the team of a number, which has a name that it shares with others.
    Submit { tenant: usize, number: u8 },
    /// The writer goes on until it needs something.
    GoOn,
    /// The log answers what the writer asked.
    Reply,
    /// The log stores the batch, and the answer is lost.
    LoseReply,
    /// The log stores nothing, and does not say so.
    LoseRequest,
    /// The writer hears the next event.
    Hear,
    /// The writer is told to stop: nobody comes any more.
    Close,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..2_usize, 0..12_u8).prop_map(|(tenant, number)| Act::Submit { tenant, number }),
        4 => Just(Act::GoOn),
        4 => Just(Act::Reply),
        1 => Just(Act::LoseReply),
        1 => Just(Act::LoseRequest),
        4 => Just(Act::Hear),
        1 => Just(Act::Close),
    ]
}

/// What a writer can ask the log.
enum Asked {
    Append(AppendBatch),
    End,
}

struct Player {
    writer: Writer,
    /// What it asked the log.
    asked: Option<Asked>,
    /// Those who were not answered yet.
    callers: Vec<(usize, u8, Caller)>,
}

const SLUGS: [&str; 2] = ["acme", "globex"];

fn team_of(tenant: usize, number: u8) -> TeamId {
    TeamId(Uuid::from_u128(1000 * (tenant as u128 + 1) + u128::from(number)))
}

/// Three teams share a name.
fn name_of(number: u8) -> String {
    format!("team {}", number / 3)
}

impl Player {
    fn act(&mut self, act: Act, log: &mut Log) -> Result<(), TestCaseError> {
        let mut ends = false;
        match act {
            Act::Submit { .. } if self.writer.engine.is_closed() => {}
            Act::Submit { tenant: whose, number } => {
                let (slug, team) = (tenant(SLUGS[whose]), team_of(whose, number));
                let caller = self.writer.team(&slug, team, &name_of(number));
                self.callers.push((whose, number, caller));
            }
            Act::GoOn => match self.writer.go_on() {
                Step::Append(batch) => {
                    prop_assert!(self.asked.is_none(), "two questions at a time");
                    self.asked = Some(Asked::Append(batch));
                }
                Step::Confirm => {
                    prop_assert!(self.asked.is_none(), "two questions at a time");
                    self.asked = Some(Asked::End);
                }
                Step::Stop => ends = true,
                Step::Wait(_) | Step::Decide => {}
            },
            Act::Reply => match self.asked.take() {
                Some(Asked::Append(batch)) => self.writer.append_to(log, &batch),
                Some(Asked::End) => self.writer.confirmed(Ok(log.end().seq)),
                None => {}
            },
            Act::LoseReply | Act::LoseRequest => match self.asked.take() {
                Some(Asked::Append(batch)) => {
                    if matches!(act, Act::LoseReply) {
                        log.append(&batch);
                    }
                    self.writer.appended(Appended::Unclear(Outage::LogAway));
                }
                Some(Asked::End) => self.writer.confirmed(Err(Outage::LogAway)),
                None => {}
            },
            Act::Hear if self.asked.is_none() => self.writer.hear(log, 1),
            Act::Hear => {}
            Act::Close => self.writer.engine.close(),
        }
        self.check(log)?;
        prop_assert!(!ends || self.callers.is_empty(), "it ends before all are answered");
        Ok(())
    }

    /// Holds what callers were told against the log as it is now.
    fn check(&mut self, log: &Log) -> Result<(), TestCaseError> {
        for (whose, number, caller) in std::mem::take(&mut self.callers) {
            let mut caller = caller;
            match caller.answer() {
                Some(Ok(committed)) => {
                    let (seq, end) = (committed.roster.position().seq, log.end().seq);
                    prop_assert!(committed.position.seq <= end, "answered before the append");
                    prop_assert!(seq <= committed.position.seq);
                    prop_assert_eq!(&committed.roster, &log.fold(seq), "a history that never was");
                    let made = committed.kinds.len() as u64;
                    prop_assert!(made <= 1);
                    let slug = tenant(SLUGS[whose]);
                    let team = team_of(whose, number);
                    let by_it = log.events.iter().filter(|event| event.seq.0 + made > seq.0);
                    if made == 1 {
                        let event = by_it.take(1).next().expect("its event");
                        prop_assert_eq!(event.tenant(), &slug);
                        let made = format!("{:?}", event.event);
                        prop_assert!(made.contains(&team.to_string()), "{made} is not of {team}");
                    }
                }
                Some(Err(Failed::Refused(Refusal::TeamNameTaken(name)))) => {
                    let slug = tenant(SLUGS[whose]);
                    let holds = log.events.iter().any(|event| {
                        event.tenant() == &slug && format!("{:?}", event.event).contains(&name)
                    });
                    prop_assert!(holds, "refused for {name}, which nobody holds");
                }
                None => self.callers.push((whose, number, caller)),
                Some(Err(
                    Failed::Refused(Refusal::IdReused(_))
                    | Failed::Outage(Outage::LogAway | Outage::Outrun),
                )) => {}
                Some(Err(other)) => prop_assert!(false, "unexpected: {other:?}"),
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_happens_in_between_callers_are_told_what_the_log_says(
        acts in prop::collection::vec((0..2_usize, act()), 0..120),
        confirm in any::<bool>(),
    ) {
        let mut log = log_of(&SLUGS);
        let mut players: Vec<Player> = (0..2)
            .map(|_| Player {
                writer: Writer::with(&log, Setup { confirm, ..setup() }),
                asked: None,
                callers: Vec::new(),
            })
            .collect();
        for (who, act) in acts {
            players[who].act(act, &mut log)?;
        }
        // In the end everybody is answered, and each name has one holder.
        for _ in 0..2 {
            for player in &mut players {
                player.act(Act::Reply, &mut log)?;
                player.writer.settle(&mut log);
                player.check(&log)?;
            }
        }
        for player in &mut players {
            player.writer.engine.close();
            player.writer.settle(&mut log);
            player.check(&log)?;
            prop_assert_eq!(player.writer.engine.roster(), &log.fold(log.end().seq));
            prop_assert!(matches!(player.writer.go_on(), Step::Stop));
            prop_assert!(player.callers.is_empty(), "{} got no answer", player.callers.len());
        }
        let names = log.events.iter().skip(SLUGS.len()).map(|event| {
            let text = format!("{:?}", event.event);
            let name = text.split("name: ").nth(1).unwrap_or_default().to_owned();
            (event.tenant().clone(), name)
        });
        let all: Vec<_> = names.collect();
        let unique: std::collections::HashSet<_> = all.iter().collect();
        prop_assert_eq!(unique.len(), all.len(), "two hold one name: {:?}", all);
    }
}

/// However many one tenant has waiting, another is served with the next batch.
#[test]
fn a_tenant_that_never_pauses_keeps_nobody_else_waiting() {
    let mut log = log_of(&SLUGS);
    let mut writer = Writer::new(&log);
    for at in 0..1200 {
        writer.team(&tenant(SLUGS[0]), TeamId(Uuid::now_v7()), &format!("team {at}"));
    }
    let batch = writer.batch();
    let mut other = writer.team(&tenant(SLUGS[1]), TeamId(Uuid::now_v7()), "red");
    writer.append_to(&mut log, &batch);
    let batch = writer.batch();
    writer.append_to(&mut log, &batch);
    assert!(other.answer().is_some(), "waits behind the other tenant's commands");
}
