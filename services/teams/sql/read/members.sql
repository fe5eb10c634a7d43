-- A page of a team's members, in order of joining. Which kind of team it is to somebody depends on
-- their other teams, so that these are looked at for the people on the page.
WITH page AS MATERIALIZED (
    SELECT employee, since_seq, since_at, origin, actor
    FROM effective_memberships
    WHERE tenant = $1 AND team = $2 AND (since_seq, employee) > ($3, $4)
    ORDER BY since_seq, employee
    LIMIT $5
)
SELECT page.employee, page.since_seq, page.since_at, page.origin, page.actor, m.kind
FROM page
JOIN (
    SELECT employee, team, kind
    FROM current_memberships
    WHERE tenant = $1 AND employee = ANY (ARRAY(SELECT employee FROM page))
) m ON m.employee = page.employee AND m.team = $2
ORDER BY page.since_seq, page.employee
