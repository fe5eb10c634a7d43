-- People who are unknown from now on belong to no alert.
DELETE FROM alert_people
USING unnest($1::text[], $2::uuid[]) AS erased (tenant, employee)
WHERE alert_people.tenant = erased.tenant AND alert_people.employee = erased.employee
