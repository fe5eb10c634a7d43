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

-- Where anybody but the projection has written since the rows came: a mark, so that nobody has to count
-- all rows to see that there is nothing to be seen. Whether they still differ, the digests tell. Marks
-- are only added, and no key is theirs, so that who writes by hand and leaves the transaction open
-- holds no writer.
CREATE TABLE changed_by_hand (
    tenant     text        NOT NULL,
    table_name text        NOT NULL,
    at         timestamptz NOT NULL
);

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
                -- A session that says 'off' exchanges rows of two slots, and sees to the marks itself.
                IF current_setting('rollcall.writer', true) IS DISTINCT FROM 'off' THEN
                    EXECUTE format($mark$
                        INSERT INTO %%1$I.changed_by_hand (tenant, table_name, at)
                        SELECT DISTINCT changed.tenant, %%2$L, clock_timestamp()
                        FROM (%s) changed (tenant)
                        WHERE NOT EXISTS (
                            SELECT FROM %%1$I.changed_by_hand m
                            WHERE m.tenant = changed.tenant AND m.table_name = %%2$L
                        )
                    $mark$, TG_TABLE_SCHEMA, TG_TABLE_NAME);
                END IF;
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
    -- The projection empties no table: whoever does is told of all tenants who had rows.
    emptied  text := $$
        BEGIN
            EXECUTE format(
                'INSERT INTO %%1$I.changed_by_hand (tenant, table_name, at)
                 SELECT tenant, table_name, clock_timestamp() FROM %%1$I.digests
                 WHERE table_name = %%2$L AND row_count > 0',
                TG_TABLE_SCHEMA, TG_TABLE_NAME
            );
            RETURN NULL;
        END
    $$;
BEGIN
    FOR watched IN
        SELECT c.relname
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
            AND c.relname NOT IN (
                'checkpoint', 'digests', 'changed_by_hand', 'parked', 'parked_keys'
            )
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
                format(
                    keep,
                    CASE changed
                        WHEN 'insert' THEN 'SELECT tenant FROM come'
                        WHEN 'delete' THEN 'SELECT tenant FROM gone'
                        ELSE 'SELECT tenant FROM gone UNION SELECT tenant FROM come'
                    END,
                    watched,
                    CASE changed
                        WHEN 'insert' THEN format(come, hashed)
                        WHEN 'delete' THEN format(gone, hashed)
                        ELSE format(gone || ' UNION ALL ' || come, hashed, hashed)
                    END
                )
            );
            EXECUTE format(
                'CREATE TRIGGER %I AFTER ' || changed || ' ON %I REFERENCING'
                || CASE WHEN changed <> 'insert' THEN ' OLD TABLE AS gone' ELSE '' END
                || CASE WHEN changed <> 'delete' THEN ' NEW TABLE AS come' ELSE '' END
                || ' FOR EACH STATEMENT EXECUTE FUNCTION %I()',
                'digest_' || changed, watched, 'digest_' || changed || '_' || watched
            );
        END LOOP;
        EXECUTE format(
            'CREATE FUNCTION %I() RETURNS trigger LANGUAGE plpgsql AS %L',
            'digest_truncate_' || watched, format(emptied)
        );
        EXECUTE format(
            'CREATE TRIGGER digest_truncate AFTER TRUNCATE ON %I'
            || ' FOR EACH STATEMENT EXECUTE FUNCTION %I()',
            watched, 'digest_truncate_' || watched
        );
    END LOOP;
END $make$;
