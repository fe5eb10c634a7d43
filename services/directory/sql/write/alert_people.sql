INSERT INTO alert_people (tenant, alert, employee, added_at, seq)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::bigint[])
ON CONFLICT (tenant, alert, employee) DO UPDATE SET
    added_at = excluded.added_at,
    seq = excluded.seq
