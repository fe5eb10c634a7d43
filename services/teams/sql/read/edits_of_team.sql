-- A page of what was decided by hand about who is in a team.
SELECT e.employee, e.team, t.name, e.edit, e.at, e.actor, e.seq
FROM local_edits e
JOIN teams t ON t.tenant = e.tenant AND t.team = e.team
WHERE e.tenant = $1 AND e.team = $2 AND (e.seq, e.employee) > ($3, $4)
ORDER BY e.seq, e.employee
LIMIT $5
