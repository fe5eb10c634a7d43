INSERT INTO tenants (tenant, id, created_at)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::timestamptz[])
ON CONFLICT (tenant) DO UPDATE SET id = excluded.id, created_at = excluded.created_at
