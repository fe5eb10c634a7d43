-- The token refuses a holder who has been replaced, and the slot's id a connection whose schema was
-- given to another slot.
UPDATE checkpoint
SET seq = $1, chain = $2, event_at = $3, unknown = $4, halted = NULL,
    moved_at = clock_timestamp(), renewed_at = clock_timestamp()
WHERE seq = $5 AND chain = $6 AND slot_id = $7 AND token = $8
