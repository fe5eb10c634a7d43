INSERT INTO mentions (tenant, id, seq)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[])
