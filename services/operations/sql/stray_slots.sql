-- $1: the schemas that slots have, $2: the names of the projections. Schemas that hold a checkpoint as
-- slots do, and are none; nor what verifications fill ($2 || '_verify'), or what is being dropped.
SELECT n.nspname::text AS name
FROM pg_namespace n
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'checkpoint' AND c.relkind = 'r'
WHERE
    n.nspname <> ALL ($1)
    AND (
        SELECT count(*) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname IN ('slot_id', 'made_by', 'goal', 'seq')
            AND NOT a.attisdropped
    ) = 4
    AND NOT EXISTS (
        SELECT FROM unnest($2::text[]) AS projection
        WHERE n.nspname = projection || '_verify' OR starts_with(n.nspname, projection || '_gone_')
    )
ORDER BY 1
