SELECT t.tenant, t.id, t.created_at, i.profile, i.active
FROM tenants t
LEFT JOIN integrations i ON i.tenant = t.tenant
ORDER BY t.tenant
