-- A page of a team's members, in order of joining. Which kind of team it is to somebody depends on
-- their other teams, so that it is asked of each person on the page.
SELECT m.employee, m.since_seq, m.since_at, m.origin, m.actor, k.kind
FROM (
    SELECT *
    FROM teams.effective_memberships
    WHERE tenant = $1 AND team = $2 AND (since_seq, employee) > ($3, $4)
    ORDER BY since_seq, employee
    LIMIT $5
) m
CROSS JOIN LATERAL (
    SELECT kind
    FROM teams.current_memberships c
    WHERE c.tenant = $1 AND c.employee = m.employee AND c.team = m.team
) k
ORDER BY m.since_seq, m.employee
