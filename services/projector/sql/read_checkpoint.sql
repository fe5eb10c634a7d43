SELECT slot_id, seq, chain, event_at, unknown, goal, token, tenant, person
FROM checkpoint
