INSERT INTO leaver_policies (tenant, resource_type, days, colleague, set_at, set_actor)
SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::uuid[], $5::timestamptz[], $6::text[])
ON CONFLICT (tenant, resource_type) DO UPDATE SET
    days = excluded.days,
    colleague = excluded.colleague,
    set_at = excluded.set_at,
    set_actor = excluded.set_actor
