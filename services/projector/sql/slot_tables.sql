-- The tables of a slot that hold rows of tenants, but those of the projector itself; each with its
-- primary key and its columns.
SELECT
    c.relname::text AS name,
    ARRAY(
        SELECT a.attname::text
        FROM pg_constraint k
        CROSS JOIN unnest(k.conkey) WITH ORDINALITY AS part (attnum, place)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = part.attnum
        WHERE k.conrelid = c.oid AND k.contype = 'p'
        ORDER BY part.place
    ) AS key,
    ARRAY(
        SELECT a.attname::text
        FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum
    ) AS columns,
    ARRAY(
        SELECT format_type(a.atttypid, a.atttypmod)
        FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum
    ) AS types
FROM pg_class c
WHERE c.relnamespace = to_regnamespace($1) AND c.relkind = 'r' AND c.relname <> ALL ($2)
    AND EXISTS (
        SELECT FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
    )
ORDER BY c.relname
