-- People who left a team: whatever resource of theirs was in it until then is so no more. The
-- resources are looked up first, so that no plan ever goes through all the members of a team.
WITH gone AS MATERIALIZED (
    SELECT named.tenant, named.team, resources.resource, named.seq
    FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[]) AS named (tenant, team, employee, seq)
    JOIN resources ON resources.tenant = named.tenant
        AND resources.employee = named.employee
        AND resources.seq < named.seq
)
DELETE FROM members
USING gone
WHERE members.tenant = gone.tenant
    AND members.team = gone.team
    AND members.resource = gone.resource
    AND members.since_seq < gone.seq
