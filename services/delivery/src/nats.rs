//! The door to NATS: who may come in, and the consumer that each subscriber reads through.

mod inside;
mod replays;
mod troubles;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use access::WriteAccess;
use eventlog::{Admitted, Cause, Decision, Feed, Issuer, Log, Login, Placement, ReadError};
use roster::Roster;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::inside::Inside;
use self::replays::Ending;
use self::troubles::Troubles;
use self::wanted::{Wanted, admitted, live, wanted};
use crate::places::place_of;

/// How often it is looked whether subscribers have changed.
const LOOK: Duration = Duration::from_millis(100);
/// How often all connections are looked at, whatever has changed: a server may have been out of reach.
const SWEEP: Duration = Duration::from_mins(1);
/// How long somebody who is not known yet is waited for: whoever added them may be ahead of us.
const PATIENCE: Duration = Duration::from_secs(1);

/// The door to NATS. As many processes as there are may keep it.
#[derive(Debug)]
pub struct NatsDoor {
    /// The log, by whose connection nats-server is answered.
    pub log: Log,
    /// What is delivered.
    pub feed: Feed,
    /// Who subscribes.
    pub access: WriteAccess,
    /// Whose subscribers are for the processes of other streams to let in.
    pub placement: Placement,
    /// The key that vouches for whoever comes in.
    pub issuer: Arc<Issuer>,
}

impl NatsDoor {
    /// Lets subscribers in, keeps their consumers and cuts off whoever may be in no longer, until `stop`.
    pub async fn run(&self, stop: &CancellationToken) {
        let inside = Arc::new(Inside::default());
        let keeping = stop.run_until_cancelled(self.keep(&inside));
        tokio::join!(self.admit(&inside, stop), keeping);
    }

    async fn admit(&self, inside: &Arc<Inside>, stop: &CancellationToken) {
        let (access, placement) = (self.access.clone(), self.placement.clone());
        let inside = Arc::clone(inside);
        let decide = move |login: Login| {
            let (access, placement, inside) =
                (access.clone(), placement.clone(), Arc::clone(&inside));
            async move {
                if wanted::tenant(&login).is_some_and(|of| placement.elsewhere(&of).is_some()) {
                    return Decision::LeaveToOthers;
                }
                let Some(admitted) = decide(&access, &login).await else { return Decision::Refuse };
                inside.came_in(&admitted);
                Decision::Admit(admitted)
            }
        };
        let issuer = Arc::clone(&self.issuer);
        if let Err(error) = self.log.admit_subscribers(issuer, decide, stop).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "no subscriber is let in to NATS");
        }
    }

    async fn keep(&self, inside: &Inside) {
        let (mut kept, mut swept, mut seen) = (None, None, None);
        let (mut may, mut troubles) = (BTreeSet::new(), Troubles::default());
        let mut ending = Ending::default();
        loop {
            let roster = self.access.writer().roster();
            ending.go_on(&self.feed, &self.access, &roster).await;
            let is_due = swept.is_none_or(|swept: Instant| swept.elapsed() >= SWEEP);
            if seen == Some(roster.position()) && !is_due && !inside.has_others_than(&may) {
                tokio::time::sleep(LOOK).await;
                continue;
            }
            may = live(&roster);
            let looked = async {
                self.consumers(&roster, &mut kept, is_due).await?;
                if is_due || inside.has_others_than(&may) {
                    self.cut_all_but(&may).await?;
                }
                Ok::<_, Cause>(())
            };
            let looked = looked.await;
            if looked.is_ok() {
                inside.forget_all_but(&may);
                seen = Some(roster.position());
                swept = if is_due { Some(Instant::now()) } else { swept };
            }
            troubles.note(looked);
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Makes the consumers what they are to be; `kept` is what they are known to be. With `all`, those that
    /// somebody took away are missed, too.
    async fn consumers(
        &self,
        roster: &Roster,
        kept: &mut Option<BTreeMap<String, Wanted>>,
        all: bool,
    ) -> Result<(), Cause> {
        let wanted = wanted(roster);
        if all || kept.as_ref() != Some(&wanted) {
            let known = kept.take();
            self.make(&wanted, known.as_ref(), roster).await?;
            *kept = Some(wanted);
        }
        Ok(())
    }

    async fn make(
        &self,
        wanted: &BTreeMap<String, Wanted>,
        kept: Option<&BTreeMap<String, Wanted>>,
        roster: &Roster,
    ) -> Result<(), Cause> {
        let there = self.feed.subscriber_consumers().await?;
        for one in &there {
            // One that was added behind what this process knows is another process's to judge.
            let is_known = one.added <= roster.position().seq;
            if is_known && !wanted.get(&one.name).is_some_and(|own| own.is(one)) {
                self.feed.delete_subscriber_consumer(&one.name).await?;
            }
        }
        for (name, one) in wanted {
            let found = there.iter().find(|found| found.name == *name);
            if found.is_some_and(|found| found.added > one.consumer.added) {
                continue;
            }
            let is_there = found.is_some_and(|found| one.is(found));
            if !is_there || kept.and_then(|kept| kept.get(name)) != Some(one) {
                self.keep_one(one, is_there).await?;
            }
        }
        Ok(())
    }

    async fn keep_one(&self, one: &Wanted, is_there: bool) -> Result<(), Cause> {
        let after = if is_there || one.after == 0 {
            0
        } else {
            place_of(&self.feed, &one.tenant, one.after).await?
        };
        self.feed.keep_subscriber_consumer(&one.consumer, after).await
    }

    /// Cuts off whoever is connected and none of these.
    async fn cut_all_but(&self, may: &BTreeSet<Admitted>) -> Result<(), ReadError> {
        for connection in self.log.subscriber_connections().await? {
            if !may.contains(&connection.admitted) {
                self.log.cut(&connection).await?;
                let user = &connection.admitted.user;
                tracing::info!(user, "a subscriber was cut off from NATS");
            }
        }
        Ok(())
    }
}

async fn decide(access: &WriteAccess, login: &Login) -> Option<Admitted> {
    if let Some(known) = admitted(&access.writer().roster(), login) {
        return Some(known);
    }
    let asked = tokio::time::timeout(PATIENCE, access.writer().consistent_roster()).await;
    admitted(&*asked.ok()?.ok()?, login)
}
