SELECT
    a.alert, a.raised, a.raised_at, a.decision, a.decided_at, a.decided_by, a.reason, a.seq,
    (SELECT count(*) FROM alert_people p WHERE p.tenant = a.tenant AND p.alert = a.alert) AS people
FROM alerts a
WHERE a.tenant = $1 AND a.alert = $2
