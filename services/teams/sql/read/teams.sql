-- A page of teams by name, with how many people are in each.
SELECT t.team, t.name, t.description, t.external_id, t.origin, t.name_key, n.members
FROM (
    SELECT *
    FROM teams
    WHERE tenant = $1
        AND (name_key, team) > ($2, $3)
        AND ($5::text IS NULL OR strpos(search_text, $5) > 0)
    ORDER BY name_key, team
    LIMIT $4
) t
CROSS JOIN LATERAL (
    SELECT count(*) AS members
    FROM effective_memberships m
    WHERE m.tenant = t.tenant AND m.team = t.team
) n
ORDER BY t.name_key, t.team
