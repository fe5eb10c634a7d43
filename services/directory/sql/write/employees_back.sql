-- People who were Active for a while within one batch, and are Former again at its end: they left
-- anew, so that the day on which they left before no longer counts.
UPDATE employees SET standing = 'active', left_at = NULL, left_seq = NULL
FROM unnest($1::text[], $2::uuid[]) AS back (tenant, employee)
WHERE employees.tenant = back.tenant AND employees.employee = back.employee
