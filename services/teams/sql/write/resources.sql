INSERT INTO resources (tenant, resource, employee)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[])
ON CONFLICT (tenant, resource) DO UPDATE SET employee = excluded.employee
