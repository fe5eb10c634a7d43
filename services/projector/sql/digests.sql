-- How many rows each tenant has in each table, and what they are: two hashes of each row, put
-- together by XOR, so that order does not matter. Triggers keep it in the transaction that writes
-- the rows, if that is the projection's own: what anybody else changes is seen, since the rows are
-- then not what this says.
CREATE TABLE digests (
    tenant     text   NOT NULL,
    table_name text   NOT NULL,
    row_count  bigint NOT NULL,
    digest_a   bigint NOT NULL,
    digest_b   bigint NOT NULL,
    PRIMARY KEY (tenant, table_name)
) WITH (fillfactor = 50);

-- On each table of the slot that has tenants, but those of the projector itself. A row is hashed by
-- the hashes of the types of its columns: unlike its text, these do not depend on the settings of a
-- session. Type json has none, so that its text counts.
DO $make$
DECLARE
    watched  name;
    hashed   text;
    changed  text;
    keep     text := $$
        BEGIN
            IF current_setting('rollcall.writer', true) IS DISTINCT FROM 'on' THEN
                RETURN NULL;
            END IF;
            -- Names without a schema are those of the slot that the session is about.
            IF TG_TABLE_SCHEMA <> current_schema() THEN
                RAISE 'rows of %% are written by a session about %%', TG_TABLE_SCHEMA, current_schema()
                    USING ERRCODE = 'object_not_in_prerequisite_state';
            END IF;
            INSERT INTO digests AS kept (tenant, table_name, row_count, digest_a, digest_b)
            SELECT
                tenant, %L, sum(number),
                bit_xor(hash_record_extended(hashed, 1)), bit_xor(hash_record_extended(hashed, 2))
            FROM (%s) changed
            GROUP BY tenant
            ON CONFLICT (tenant, table_name) DO UPDATE SET
                row_count = kept.row_count + excluded.row_count,
                digest_a = kept.digest_a # excluded.digest_a,
                digest_b = kept.digest_b # excluded.digest_b;
            RETURN NULL;
        END
    $$;
    come     text := 'SELECT r.tenant, 1 AS number, %s AS hashed FROM come r';
    gone     text := 'SELECT r.tenant, -1 AS number, %s AS hashed FROM gone r';
BEGIN
    FOR watched IN
        SELECT c.relname
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
            AND c.relname NOT IN ('checkpoint', 'digests', 'parked', 'parked_keys')
    LOOP
        SELECT format('ROW(%s)', string_agg(
            format(CASE atttypid WHEN 'json'::regtype THEN 'r.%I::text' ELSE 'r.%I' END, attname),
            ', ' ORDER BY attnum
        ))
        INTO hashed
        FROM pg_attribute
        WHERE attrelid = format('%I', watched)::regclass AND attnum > 0 AND NOT attisdropped;
        FOR changed IN VALUES ('insert'), ('update'), ('delete') LOOP
            EXECUTE format(
                'CREATE FUNCTION %I() RETURNS trigger LANGUAGE plpgsql AS %L',
                'digest_' || changed || '_' || watched,
                format(keep, watched, CASE changed
                    WHEN 'insert' THEN format(come, hashed)
                    WHEN 'delete' THEN format(gone, hashed)
                    ELSE format(gone || ' UNION ALL ' || come, hashed, hashed)
                END)
            );
            EXECUTE format(
                'CREATE TRIGGER %I AFTER ' || changed || ' ON %I REFERENCING'
                || CASE WHEN changed <> 'insert' THEN ' OLD TABLE AS gone' ELSE '' END
                || CASE WHEN changed <> 'delete' THEN ' NEW TABLE AS come' ELSE '' END
                || ' FOR EACH STATEMENT EXECUTE FUNCTION %I()',
                'digest_' || changed, watched, 'digest_' || changed || '_' || watched
            );
        END LOOP;
    END LOOP;
END $make$;
