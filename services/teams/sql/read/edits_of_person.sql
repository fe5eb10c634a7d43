-- What was decided by hand about a person's teams, of those that there are.
SELECT e.employee, e.team, t.name, e.edit, e.at, e.actor
FROM local_edits e
JOIN teams t ON t.tenant = e.tenant AND t.team = e.team
WHERE e.tenant = $1 AND e.employee = $2
ORDER BY e.seq, e.team
