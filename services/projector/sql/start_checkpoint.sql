INSERT INTO checkpoint (
    slot_id, seq, chain, unknown, made_by, goal, relations, of_tenant, of_person, job,
    made_at, moved_at, renewed_at, token, superseded, pinned
)
SELECT
    $1, 0, $2, 0, $3, $4, count(*), $5, $6, $7,
    clock_timestamp(), clock_timestamp(), clock_timestamp(), 0, '{}', false
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v')
