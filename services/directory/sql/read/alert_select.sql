-- Alerts as they stand, to which the questions add which of them. Of whom an alert holds it tells how many, and the
-- SHA-256 of their ids in order, so that one person in place of another is seen.
SELECT
    a.tenant,
    a.alert, a.raised, a.raised_at, a.decision, a.decided_at, a.decided_by, a.reason, a.seq,
    (SELECT count(*) FROM alert_people p WHERE p.tenant = a.tenant AND p.alert = a.alert) AS people,
    held.people AS held_people,
    encode(sha256(held.ids), 'hex') AS held_digest
FROM alerts a
CROSS JOIN LATERAL (
    SELECT
        count(*) AS people,
        coalesce(string_agg(uuid_send(p.employee), ''::bytea ORDER BY p.employee), '') AS ids
    FROM alert_people p
    JOIN people e ON e.tenant = p.tenant AND e.employee = p.employee AND e.held_by = p.alert
    WHERE a.held AND a.decision IS NULL AND p.tenant = a.tenant AND p.alert = a.alert
) held
