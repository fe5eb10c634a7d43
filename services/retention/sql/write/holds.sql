INSERT INTO holds (tenant, alert, decision, decided_seq)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[])
ON CONFLICT (tenant, alert) DO NOTHING
