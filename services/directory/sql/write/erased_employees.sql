-- People who are unknown from now on …
DELETE FROM employees
USING unnest($1::text[], $2::uuid[]) AS erased (tenant, employee)
WHERE employees.tenant = erased.tenant AND employees.employee = erased.employee
