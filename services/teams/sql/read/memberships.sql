-- The teams of some employees: the Primary one, then those synced, then the local ones.
SELECT m.employee, m.team, t.name, m.kind, m.origin, m.since_at, m.actor
FROM current_memberships m
JOIN teams t ON t.tenant = m.tenant AND t.team = m.team
WHERE m.tenant = $1 AND m.employee = ANY ($2)
ORDER BY m.employee, m.kind = 'primary' DESC, m.origin = 'synced' DESC, m.since_seq, m.team
