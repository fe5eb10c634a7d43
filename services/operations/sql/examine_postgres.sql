-- What Postgres says of itself, at one moment.
SELECT
    current_setting('server_version')                                     AS version,
    current_setting('server_version_num')::integer                        AS version_number,
    current_setting('fsync') = 'on'                                       AS fsync,
    current_setting('full_page_writes') = 'on'                            AS full_page_writes,
    current_setting('synchronous_commit') <> 'off'                        AS synchronous_commit,
    current_setting('max_connections')::integer
        - current_setting('superuser_reserved_connections')::integer      AS connections_most,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::integer AS connections,
    pg_database_size(current_database())                                  AS bytes,
    clock_timestamp()                                                     AS now,
    coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted,
    inet_server_addr() IS NULL                                            AS by_socket,
    pg_is_in_recovery()                                                   AS standby,
    EXISTS (SELECT FROM pg_roles WHERE rolname = 'rollcall_reader')       AS has_reader,
    coalesce(
        (SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = 'rollcall_reader'),
        false
    )                                                                     AS may_be_reader
