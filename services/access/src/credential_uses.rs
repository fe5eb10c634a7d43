//! When each credential for SCIM was used last: noted beside the log by whichever gateway is shown it, and
//! read where credentials are listed.

use std::collections::BTreeMap;

use eventlog::{Log, ReadError};
use events::{CredentialId, Tenant};
use jiff::Timestamp;

/// The last use of each credential of a tenant, as far as any is known.
pub type CredentialUses = BTreeMap<CredentialId, Timestamp>;

/// Of so many credentials of a tenant it is kept, the last used first: two secret tokens and two clients live
/// at a time, and the others are there for whoever reads the list of those that were revoked.
const MOST: usize = 32;

/// When the credentials of a tenant were used last.
pub async fn credential_uses(log: &Log, tenant: &Tenant) -> Result<CredentialUses, ReadError> {
    Ok(log.shared_value(&key(tenant)).await?.unwrap_or_default())
}

/// Adds these uses to what is noted of a tenant. Of two uses the later one stands, whoever notes it.
pub async fn note_credential_uses(
    log: &Log,
    tenant: &Tenant,
    uses: &CredentialUses,
) -> Result<(), ReadError> {
    let change = |known: Option<CredentialUses>| merged(known.unwrap_or_default(), uses);
    log.update_shared_value(&key(tenant), change).await
}

fn key(tenant: &Tenant) -> String {
    format!("credential-uses.{tenant}")
}

fn merged(mut known: CredentialUses, uses: &CredentialUses) -> CredentialUses {
    for (credential, at) in uses {
        let last = known.entry(*credential).or_insert(*at);
        *last = (*last).max(*at);
    }
    while known.len() > MOST {
        let oldest = known.iter().min_by_key(|(_, at)| **at).map(|(credential, _)| *credential);
        oldest.map(|credential| known.remove(&credential));
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(all: &[(u32, i64)]) -> CredentialUses {
        let one = |(id, second): &(u32, i64)| {
            let at = Timestamp::from_second(*second).expect("a time");
            let id = format!("01890000-0000-7000-8000-{id:012}");
            (id.parse().expect("an id"), at)
        };
        all.iter().map(one).collect()
    }

    #[test]
    fn of_two_uses_the_later_one_stands_and_others_stay() {
        let known = uses(&[(1, 50), (2, 50), (3, 50)]);
        let expected = uses(&[(1, 50), (2, 60), (3, 50), (4, 10)]);
        assert_eq!(merged(known, &uses(&[(1, 40), (2, 60), (4, 10)])), expected);
    }

    #[test]
    fn what_has_not_been_used_for_longest_is_forgotten_first() {
        let all: Vec<(u32, i64)> = (1..=40).map(|number| (number, number.into())).collect();
        let kept = merged(CredentialUses::new(), &uses(&all));
        assert_eq!(kept, uses(&all[8..]));
    }
}
