INSERT INTO integrations (tenant, integration, profile, active)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::boolean[])
ON CONFLICT (tenant) DO UPDATE SET
    integration = excluded.integration,
    profile = excluded.profile,
    active = excluded.active
