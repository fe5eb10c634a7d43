SELECT slot_id, seq, chain, event_at, unknown, goal, token, of_tenant, of_person
FROM checkpoint
