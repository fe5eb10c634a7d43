SELECT seq, chain, event_at, unknown, tables, updated_at
FROM bookmark
