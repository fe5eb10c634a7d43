INSERT INTO parked_keys (tenant, kind, id, seq)
SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::bigint[])
ON CONFLICT DO NOTHING
