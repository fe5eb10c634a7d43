-- The groups that the directory has a person in, by any of their resources, since when.
SELECT m.team, t.name, min(m.since_at) AS since_at
FROM members m
JOIN resources r ON r.tenant = m.tenant AND r.resource = m.resource
JOIN teams t ON t.tenant = m.tenant AND t.team = m.team
WHERE m.tenant = $1 AND r.employee = $2
GROUP BY m.team, t.name
ORDER BY min(m.since_seq), m.team
