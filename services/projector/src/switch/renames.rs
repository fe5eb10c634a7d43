//! What a switch writes.

use crate::database::quoted;
use crate::discard::gone;
use crate::schema::TABLE;
use crate::slot::SlotRole;
use crate::slots::SlotPeek;

/// The statements by which `other` becomes live, and `live` previous.
pub(super) fn renames(projection: &str, live: &SlotPeek, other: &SlotPeek) -> Vec<String> {
    let schema = |role: SlotRole| quoted(&role.schema(projection));
    let gone = quoted(&format!("{}{}", gone(projection), eventlog::ids::uuid_v7().simple()));
    let rename = |from: &str, to: &str| format!("ALTER SCHEMA {from} RENAME TO {to}");
    let (live_schema, previous) = (schema(SlotRole::Live), schema(SlotRole::Previous));
    let mut statements = Vec::new();
    if live.slot_id.is_none() {
        // A release that knew of no slots made it, and could still go on with it.
        statements.push(format!(
            "ALTER TABLE {live_schema}.{TABLE} ADD COLUMN IF NOT EXISTS kept_until timestamptz"
        ));
    }
    match other.role {
        SlotRole::Previous => {
            statements.push(rename(&previous, &gone));
            statements.push(rename(&live_schema, &previous));
            statements.push(rename(&gone, &live_schema));
        }
        SlotRole::Live | SlotRole::Candidate => {
            statements.push(format!(
                "DO $$ BEGIN
                     IF to_regnamespace('{previous}') IS NOT NULL THEN
                         ALTER SCHEMA {previous} RENAME TO {gone};
                     END IF;
                 END $$"
            ));
            statements.push(rename(&live_schema, &previous));
            statements.push(rename(&schema(other.role), &live_schema));
        }
    }
    statements
}

/// What made the slots that were live before `other`, once that is live.
pub(super) fn superseded(live: &SlotPeek, other: &SlotPeek) -> Vec<[u8; 32]> {
    const REMEMBERED: usize = 16;
    let before = other.superseded.iter().chain(&live.superseded).chain([&live.made_by]);
    let mut digests: Vec<[u8; 32]> = Vec::new();
    for digest in before.filter(|digest| **digest != other.made_by) {
        digests.retain(|known| *known != digest.0);
        digests.push(digest.0);
    }
    digests.split_off(digests.len().saturating_sub(REMEMBERED))
}
