//! What was told and is not so is corrected, before the telling goes on.

use eventlog::{ReadError, clock};
use events::{Digest, EventId, Position, Seq, Tenant};
use feed::{Provenance, Source, header};
use futures_util::StreamExt as _;
use uuid::Uuid;

use crate::correct::Told;
use crate::erasing;
use crate::interrupted::Interrupted;
use crate::messages::{corrections, marker};
use crate::publisher::{Place, Publisher, read};
use crate::start::{LastTold, NoStart};

/// How many messages of the feed are read at a time.
const PAGE: usize = 500;

impl Publisher {
    /// Up to which event of the log the feed has to be corrected, if it has to be: to the log's end if
    /// the feed was told from another history, and to where it is if it was told by other rules.
    pub(crate) async fn to_be_corrected(
        &self,
        last: &LastTold,
    ) -> Result<Option<Seq>, Interrupted> {
        let Some(Source { position, .. }) = last.source else { return Ok(None) };
        // Every log begins in the same way.
        let agrees = position == Position::START
            || self.log.position_at(position.seq).await? == Some(position);
        if agrees {
            return Ok((!last.same_rules).then_some(position.seq));
        }
        if !self.accept_lost {
            return Err(Interrupted::OtherLog(position.seq));
        }
        Ok(Some(self.log.end().await?))
    }

    /// Tells applications what is not so at `goal`. Until all is told, the feed stays where it was, so that
    /// who is killed on the way begins again, with what is left.
    pub(crate) async fn correct(
        &self,
        place: &mut Place,
        last: &LastTold,
        goal: Seq,
    ) -> Result<LastTold, Interrupted> {
        self.read_up_to(place, goal).await?;
        let told = self.all_told().await?;
        let all = told.corrections(&place.roster);
        let count: usize = all.iter().map(|(_, events)| events.len()).sum();
        tracing::warn!(
            events = count,
            "what applications were told is not so any more; they are told"
        );
        let position = place.roster.position();
        let source = last.source.unwrap_or(Source { position, told: 0, of: 0 });
        let mut waiting = Vec::new();
        for (tenant, events) in all {
            self.learn_sequence(place, &tenant).await?;
            let provenance = provenance(tenant, position);
            waiting.extend(corrections(&provenance, &events, &mut place.sequences, source));
        }
        let source = Source { position, told: 0, of: 0 };
        waiting.push(marker(source));
        self.flush(place, &mut waiting).await?;
        Ok(LastTold { end: place.end, source: Some(source), same_rules: true })
    }

    /// Reads the log up to `goal`, of which all is told, and on to where that decision ends. What a kill
    /// left of somebody who was erased is removed.
    pub(crate) async fn read_up_to(&self, place: &mut Place, goal: Seq) -> Result<(), Interrupted> {
        let mut entries = std::pin::pin!(self.log.follow(place.roster.position()));
        let mut whole = true;
        while place.roster.position().seq < goal || !whole {
            let Some(entry) = entries.next().await else {
                return Err(ReadError::Unavailable("the log ended".into()).into());
            };
            let recorded = read(&entry?)?;
            whole = recorded.commit;
            roster::evolve(&mut place.roster, &recorded);
            let erased = erasing::whom_they_erase(std::slice::from_ref(&recorded));
            if !erased.is_empty() {
                erasing::delete(&self.feed, recorded.tenant(), &erased).await?;
            }
        }
        Ok(())
    }

    /// What all applications know.
    async fn all_told(&self) -> Result<Told, Interrupted> {
        let mut told = Told::default();
        let mut after = 0;
        loop {
            let page = self.feed.page_of("feed.>", after, PAGE).await.map_err(NoStart::from)?;
            if page.entries.is_empty() {
                return Ok(told);
            }
            after = page.through;
            for entry in &page.entries {
                let tenant = entry.subject().split('.').nth(1).and_then(|slug| slug.parse().ok());
                if let (Some(tenant), Some(kind)) = (tenant, entry.header(header::TYPE)) {
                    told.take(&tenant, kind, entry.body())?;
                }
            }
        }
    }
}

/// Where a correction comes from: no event of the log, but all of them up to a position.
fn provenance(tenant: Tenant, position: Position) -> Provenance {
    let digest = Digest::of(format!("correction {} {}", position.seq, position.chain).as_bytes());
    let id = *digest.0.first_chunk().expect("a digest has 32 bytes");
    Provenance {
        cause: EventId(Uuid::from_bytes(id)),
        tenant,
        time: clock::now(),
        actor: "rollcall".to_owned(),
        request: None,
        trace_parent: None,
    }
}
