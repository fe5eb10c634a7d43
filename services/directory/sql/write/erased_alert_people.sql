-- … and belong to no alert. Their own events, which said so of some, are gone from the log.
DELETE FROM alert_people
USING unnest($1::text[], $2::uuid[]) AS erased (tenant, employee)
WHERE alert_people.tenant = erased.tenant AND alert_people.employee = erased.employee
