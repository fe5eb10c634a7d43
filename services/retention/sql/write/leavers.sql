-- A Former person leaves once: what is heard of them later does not move the day.
INSERT INTO leavers (tenant, employee, left_at)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::timestamptz[])
ON CONFLICT (tenant, employee) DO NOTHING
