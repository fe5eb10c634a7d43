SELECT seq, chain, event_at, unknown, goal
FROM checkpoint
