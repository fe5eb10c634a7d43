-- A page of credentials, the one that was seen last first.
SELECT credential, event, event_at, seq, request, request_at
FROM last_seen
WHERE tenant = $1 AND seq < $2
ORDER BY seq DESC
LIMIT $3
