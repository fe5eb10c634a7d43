-- People who left a team: whatever resource of theirs was in it until then is so no more.
DELETE FROM members
USING unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[]) AS gone (tenant, team, employee, seq)
JOIN resources ON resources.tenant = gone.tenant
    AND resources.employee = gone.employee
    AND resources.seq < gone.seq
WHERE members.tenant = gone.tenant
    AND members.team = gone.team
    AND members.resource = resources.resource
    AND members.since_seq < gone.seq
