-- In the schema on the search path, the reader sees the rows of the tenant that its transaction
-- names, and none if it names none. The owner, who writes, sees all.
DO $$
DECLARE
    place      name := current_schema();
    has_reader boolean := EXISTS (SELECT FROM pg_roles WHERE rolname = 'rollcall_reader');
    relation   record;
BEGIN
    FOR relation IN
        SELECT
            c.oid,
            c.relname,
            c.relkind,
            c.relrowsecurity,
            coalesce('security_invoker=true' = ANY (c.reloptions), false) AS invoker,
            EXISTS (
                SELECT FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
            ) AS of_tenants
        FROM pg_class c
        WHERE c.relnamespace = place::regnamespace AND c.relkind IN ('r', 'v')
    LOOP
        IF relation.relkind = 'v' AND NOT relation.invoker THEN
            EXECUTE format('ALTER VIEW %I SET (security_invoker = true)', relation.relname);
        END IF;
        IF relation.relkind = 'r' AND relation.of_tenants AND NOT relation.relrowsecurity THEN
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation.relname);
            EXECUTE format(
                'CREATE POLICY own_tenant ON %I FOR SELECT'
                ' USING (tenant = current_setting(''rollcall.tenant'', true))',
                relation.relname
            );
        END IF;
        IF has_reader AND NOT has_table_privilege('rollcall_reader', relation.oid, 'SELECT') THEN
            EXECUTE format('GRANT SELECT ON %I TO rollcall_reader', relation.relname);
        END IF;
    END LOOP;
    IF has_reader AND NOT has_schema_privilege('rollcall_reader', place, 'USAGE') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO rollcall_reader', place);
    END IF;
END $$;
