UPDATE checkpoint
SET holder = $2, token = token + 1, renewed_at = clock_timestamp()
WHERE slot_id = $1
RETURNING slot_id, seq, chain, event_at, unknown, goal, token, of_tenant, of_person
