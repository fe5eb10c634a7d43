INSERT INTO members (tenant, team, resource, since_seq, since_at)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[])
ON CONFLICT (tenant, team, resource) DO UPDATE SET
    since_seq = excluded.since_seq,
    since_at = excluded.since_at
