INSERT INTO alert_people (tenant, alert, employee, seq)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[])
ON CONFLICT (tenant, alert, employee) DO UPDATE SET seq = excluded.seq
