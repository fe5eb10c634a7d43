-- Nobody is known by the resources of people who are erased.
DELETE FROM resources
USING unnest($1::text[], $2::uuid[]) AS erased (tenant, employee)
WHERE resources.tenant = erased.tenant AND resources.employee = erased.employee
