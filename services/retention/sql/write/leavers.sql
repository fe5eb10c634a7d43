-- A Former person leaves once: what is heard of them later does not move the day.
INSERT INTO leavers (tenant, employee, left_at, left_seq, gone_seq)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::bigint[], $5::bigint[])
ON CONFLICT (tenant, employee) DO UPDATE SET
    gone_seq = coalesce(excluded.gone_seq, leavers.gone_seq)
