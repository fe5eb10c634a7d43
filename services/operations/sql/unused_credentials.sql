-- Credentials that are good and have caused nothing since $1; those issued since then do not count. And
-- tenants with more than two secrets of one purpose that are good.
SELECT
    count(*) FILTER (WHERE c.issued_at < $1 AND coalesce(s.event_at < $1, true))::bigint AS unused,
    count(*)::bigint                                                                     AS good,
    (
        SELECT count(*)
        FROM (
            SELECT
            FROM directory.credentials
            WHERE revoked_at IS NULL AND purpose = 'secret-token'
            GROUP BY tenant
            HAVING count(*) > 2
        ) AS crowded
    )::bigint                                                                            AS crowded
FROM directory.credentials c
LEFT JOIN activity.last_seen s USING (tenant, credential)
WHERE c.revoked_at IS NULL
