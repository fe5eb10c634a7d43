-- A page of alerts, the last first.
SELECT
    a.alert, a.raised, a.raised_at, a.decision, a.decided_at, a.decided_by, a.reason, a.seq,
    (SELECT count(*) FROM alert_people p WHERE p.tenant = a.tenant AND p.alert = a.alert) AS people
FROM alerts a
WHERE a.tenant = $1 AND a.seq < $2 AND (a.decision IS NULL OR NOT $4)
ORDER BY a.seq DESC
LIMIT $3
