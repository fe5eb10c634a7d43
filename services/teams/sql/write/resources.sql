INSERT INTO resources (tenant, resource, employee, seq)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[])
ON CONFLICT (tenant, resource) DO UPDATE SET employee = excluded.employee, seq = excluded.seq
