//! What is recorded of requests about a person.
//!
//! It is found by the names that the person's events tell, so that it has to be known before these are
//! overwritten. An erasure that is run again finds what has the person's id; what only named them was
//! overwritten before, or goes by itself when it is too old.

use acts::ErasurePlan;
use cipher::Cipher;
use eventlog::{Access, RequestLog, sentence};
use events::Seq;

use crate::operations::Operations;
use crate::recorded::{KEY, names_of};

/// Where requests are recorded, and the subjects of those about a person; none, if none are recorded.
pub(super) struct Requests(Option<(RequestLog, Vec<String>)>);

impl Requests {
    pub(super) async fn of(ops: &Operations, plan: &ErasurePlan) -> Result<Self, String> {
        let log = ops.log();
        let found = ops.request_log().await.map_err(|error| sentence(&error))?;
        let key = log.find_shared_key(KEY).await.map_err(|error| sentence(&error))?;
        let Some((requests, key)) = found.zip(key) else { return Ok(Self(None)) };
        let (tenant, employee) = (&plan.tenant, plan.employee_id);
        let events = log.person_events(tenant, employee).await;
        let events = events.map_err(|error| sentence(&error))?.events;
        let events: Vec<Seq> = events.iter().map(|event| event.seq).collect();
        let names = names_of(log, &events).await.map_err(|error| sentence(&error))?;
        let patterns = names.patterns(&Cipher::new(&key), tenant, employee);
        Ok(Self(Some((requests, patterns))))
    }

    /// Overwrites them, and looks whether any is left; tells how many there were.
    pub(super) async fn erase(
        &self,
        url: Option<&str>,
        access: &Access,
    ) -> Result<Option<u64>, String> {
        let Some((requests, patterns)) = &self.0 else { return Ok(None) };
        let erased = requests.erase(patterns, url, access).await;
        let erased = erased.map_err(|error| sentence(&error))?;
        let left = requests.count(patterns).await.map_err(|error| sentence(&error))?;
        if left > 0 {
            return Err(format!("{left} recorded requests still name the person; run it again"));
        }
        Ok(Some(erased))
    }
}
