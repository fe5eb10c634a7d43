SELECT
    t.team, t.name, t.description, t.external_id, t.origin,
    (
        SELECT count(*)
        FROM effective_memberships m
        WHERE m.tenant = t.tenant AND m.team = t.team
    ) AS members
FROM teams t
WHERE t.tenant = $1 AND t.team = $2
