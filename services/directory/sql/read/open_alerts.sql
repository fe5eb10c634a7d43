-- Everything that waits for somebody to decide, of all tenants: for operators.
SELECT
    a.tenant,
    a.alert, a.raised, a.raised_at, a.decision, a.decided_at, a.decided_by, a.reason, a.seq,
    (SELECT count(*) FROM alert_people p WHERE p.tenant = a.tenant AND p.alert = a.alert) AS people,
    CASE WHEN a.held AND a.decision IS NULL THEN (
        SELECT count(*) FROM alert_people p
        JOIN people e ON e.tenant = p.tenant AND e.employee = p.employee AND e.held_by = p.alert
        WHERE p.tenant = a.tenant AND p.alert = a.alert
    ) ELSE 0 END AS held_people
FROM alerts a
WHERE a.decision IS NULL
ORDER BY a.tenant, a.seq
