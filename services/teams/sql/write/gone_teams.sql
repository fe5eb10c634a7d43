DELETE FROM teams
USING unnest($1::text[], $2::uuid[]) AS gone (tenant, team)
WHERE teams.tenant = gone.tenant AND teams.team = gone.team
