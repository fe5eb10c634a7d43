-- Whoever has a user name or an external id, in one tenant or in all.
SELECT employees.tenant, employees.employee
FROM tenants
JOIN employees ON employees.tenant = tenants.tenant AND employees.user_name_key = $2
WHERE $1::text IS NULL OR tenants.tenant = $1
UNION
SELECT tenant, employee
FROM employees
WHERE external_id = $3 AND ($1::text IS NULL OR tenant = $1)
ORDER BY tenant, employee
LIMIT $4
