-- What a slot is made of, a line for each thing: its tables and views, with columns, constraints, indexes,
-- triggers and definitions. It is the same whatever the schema is called: names without a schema are the
-- slot's. Who may read, and row-level security, are seen to at each start (`tenancy.sql`).
WITH slot AS MATERIALIZED (
    SELECT
        to_regnamespace(quote_ident($1))::oid AS id,
        set_config('search_path', quote_ident($1), true) AS searched
),
relations AS MATERIALIZED (
    SELECT c.oid, c.relname::text AS name, c.relkind
    FROM slot
    JOIN pg_class c ON c.relnamespace = slot.id
    WHERE c.relkind IN ('r', 'v') AND c.relname <> 'structure'
),
columns AS MATERIALIZED (
    SELECT r.name AS relation, a.*
    FROM relations r
    JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE r.relkind = 'r'
)
SELECT name AS relation, CASE relkind WHEN 'r' THEN 'table' ELSE 'view' END AS thing
FROM relations
UNION
SELECT relation, concat(
    'column ', quote_ident(attname), ' ', format_type(atttypid, atttypmod),
    CASE
        WHEN attcollation <> (SELECT typcollation FROM pg_type WHERE oid = atttypid)
        THEN ' COLLATE ' || attcollation::regcollation
    END,
    CASE WHEN attnotnull THEN ' NOT NULL' END,
    ' DEFAULT ' || (
        SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum
    ),
    CASE WHEN attgenerated <> '' THEN ' GENERATED' END,
    CASE WHEN attidentity <> '' THEN ' IDENTITY' END
)
FROM columns
UNION
SELECT relation, 'order ' || string_agg(quote_ident(attname), ', ' ORDER BY attnum)
FROM columns
GROUP BY relation
UNION
SELECT r.name, 'constraint ' || pg_get_constraintdef(k.oid)
FROM relations r
JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype IN ('c', 'f', 'p', 'u', 'x')
UNION
SELECT r.name, concat(
    CASE WHEN i.indisunique THEN 'unique ' END, 'index', substring(pg_get_indexdef(i.indexrelid) FROM ' USING .*')
)
FROM relations r
JOIN pg_index i ON i.indrelid = r.oid
WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND conrelid = r.oid)
UNION
SELECT r.name, concat(
    'trigger ', g.tgname, CASE WHEN g.tgenabled = 'D' THEN ' (disabled)' END, ' ', md5(f.prosrc)
)
FROM relations r
JOIN pg_trigger g ON g.tgrelid = r.oid AND NOT g.tgisinternal
JOIN pg_proc f ON f.oid = g.tgfoid
UNION
SELECT r.name, 'definition ' || md5(pg_get_viewdef(r.oid))
FROM relations r
WHERE r.relkind = 'v'
