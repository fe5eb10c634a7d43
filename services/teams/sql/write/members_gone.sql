DELETE FROM members
USING unnest($1::text[], $2::uuid[], $3::uuid[]) AS gone (tenant, team, resource)
WHERE members.tenant = gone.tenant AND members.team = gone.team AND members.resource = gone.resource
