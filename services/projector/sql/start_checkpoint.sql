INSERT INTO checkpoint (seq, chain, unknown, tables, goal, relations, updated_at)
SELECT 0, $1, 0, $2, $3, count(*), $4
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v')
