-- What readers see of some employees: their Primary team, and each team that they are in.
SELECT m.employee, seen.field, seen.value, false AS personal
FROM current_memberships m
JOIN teams t ON t.tenant = m.tenant AND t.team = m.team
CROSS JOIN LATERAL (
    VALUES
        (CASE m.kind WHEN 'primary' THEN 'primary' END, format('%s (%s)', t.name, m.team)),
        (
            format('team %s', m.team),
            format(
                '%s, %s, %s since %s%s', t.name, m.kind, m.origin,
                to_char(m.since_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                ', by ' || m.actor
            )
        )
) seen (field, value)
WHERE m.tenant = $1 AND m.employee = ANY ($2) AND seen.field IS NOT NULL
