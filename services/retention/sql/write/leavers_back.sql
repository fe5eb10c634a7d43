-- People who are, or were within the batch, Active again.
DELETE FROM leavers
USING unnest($1::text[], $2::uuid[]) AS back (tenant, employee)
WHERE leavers.tenant = back.tenant AND leavers.employee = back.employee
