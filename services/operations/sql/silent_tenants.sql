-- Tenants with an active integration whose directory has changed nothing since $1.
SELECT count(*) FILTER (WHERE coalesce(last.at < $1, true))::bigint AS silent, count(*)::bigint AS active
FROM directory.integrations i
LEFT JOIN (
    SELECT c.tenant, max(s.event_at) AS at
    FROM directory.credentials c
    JOIN activity.last_seen s USING (tenant, credential)
    WHERE c.purpose IN ('secret-token', 'oauth-client')
    GROUP BY c.tenant
) AS last USING (tenant)
WHERE i.active
