UPDATE integrations SET active = false
FROM unnest($1::text[], $2::uuid[]) AS stopped (tenant, integration)
WHERE integrations.tenant = stopped.tenant AND integrations.integration = stopped.integration
