-- Resources of people who are unknown from now on are members no more. They are named one by one: of
-- whoever reads the log later, nothing else tells whose they were.
DELETE FROM members
USING unnest($1::text[], $2::uuid[], $3::bigint[]) AS erased (tenant, resource, seq)
WHERE members.tenant = erased.tenant
    AND members.resource = erased.resource
    AND members.since_seq < erased.seq
