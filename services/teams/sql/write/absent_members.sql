-- Resources that nobody is known by, and that are members no more.
DELETE FROM members
USING unnest($1::text[], $2::uuid[], $3::uuid[]) AS absent (tenant, team, resource)
WHERE members.tenant = absent.tenant
    AND members.team = absent.team
    AND members.resource = absent.resource
