-- The team that was chosen as a person's Primary one, whether or not they are in it now.
SELECT c.team, t.name, c.at, c.actor
FROM chosen_primaries c
JOIN teams t ON t.tenant = c.tenant AND t.team = c.team
WHERE c.tenant = $1 AND c.employee = $2
