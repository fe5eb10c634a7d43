//! What of the log is told together: what one request led to. Pure.

use events::Recorded;

/// Takes the log apart into what one request of one tenant led to.
///
/// The events of a decision are one batch, and a batch may hold several decisions, of several
/// tenants: a request's own events follow each other in it.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    open: Vec<Recorded>,
}

impl Groups {
    /// Takes the next event of the log in, and gives what is complete with it.
    pub(crate) fn take(&mut self, event: Recorded) -> impl Iterator<Item = Vec<Recorded>> + use<> {
        let of_another = self.open.first().is_some_and(|first| !are_together(first, &event));
        let before = of_another.then(|| std::mem::take(&mut self.open));
        let ends = event.commit;
        self.open.push(event);
        let this = ends.then(|| std::mem::take(&mut self.open));
        before.into_iter().chain(this)
    }
}

fn are_together(one: &Recorded, other: &Recorded) -> bool {
    let (one, other) = (&one.envelope, &other.envelope);
    one.tenant == other.tenant && one.request == other.request && one.actor == other.actor
}

#[cfg(test)]
mod tests {
    use events::{Actor, Chain, CreatedTenant, Digest, Envelope, Event, EventId, Seq, TenantId};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn event(seq: u64, tenant: &str, request: &str, commit: bool) -> Recorded {
        let body =
            CreatedTenant { tenant_id: TenantId(Uuid::nil()), slug: tenant.parse().unwrap() };
        Recorded {
            seq: Seq(seq),
            envelope: Envelope {
                id: EventId(Uuid::from_u128(seq.into())),
                tenant: tenant.parse().unwrap(),
                time: Timestamp::UNIX_EPOCH,
                actor: Actor::from_header("operator"),
                request: Some(request.to_owned()),
                trace_parent: None,
            },
            event: Event::TenantCreated(body),
            digest: Digest::of(b""),
            chain: Chain::START,
            commit,
        }
    }

    fn groups(log: impl IntoIterator<Item = Recorded>) -> Vec<Vec<u64>> {
        let mut groups = Groups::default();
        let complete = log.into_iter().flat_map(|event| groups.take(event).collect::<Vec<_>>());
        complete.map(|group| group.iter().map(|event| event.seq.0).collect()).collect()
    }

    #[test]
    fn a_batch_is_taken_apart_into_what_each_request_led_to() {
        let log = [
            event(1, "acme", "r1", false),
            event(2, "acme", "r1", false),
            event(3, "acme", "r2", false),
            event(4, "initech", "r2", true),
            event(5, "initech", "r2", true),
        ];
        assert_eq!(groups(log), [vec![1, 2], vec![3], vec![4], vec![5]]);
    }

    #[test]
    fn nothing_is_told_of_a_decision_whose_end_is_not_there_yet() {
        let log = [event(1, "acme", "r1", true), event(2, "acme", "r2", false)];
        assert_eq!(groups(log), [vec![1]]);
    }
}
