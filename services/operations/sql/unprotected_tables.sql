-- Tables of these schemas with rows of tenants that are not under row-level security.
SELECT format('%I.%I', n.nspname, c.relname) AS name
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
WHERE
    n.nspname = ANY ($1)
    AND c.relkind = 'r'
    AND NOT c.relrowsecurity
    AND has_table_privilege('rollcall_reader', c.oid, 'SELECT')
    AND c.relname NOT IN ('checkpoint', 'parked', 'parked_keys', 'digests', 'changed_by_hand')
ORDER BY 1
