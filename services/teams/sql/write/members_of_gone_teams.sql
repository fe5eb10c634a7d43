-- The memberships of groups that are gone.
DELETE FROM members
USING unnest($1::text[], $2::uuid[]) AS ended (tenant, team)
WHERE members.tenant = ended.tenant AND members.team = ended.team
