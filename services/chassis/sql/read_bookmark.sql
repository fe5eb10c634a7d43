SELECT seq, chain, event_at, unknown, tables
FROM bookmark
