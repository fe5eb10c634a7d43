SELECT t.tenant, t.id, t.created_at, i.profile, i.active
FROM directory.tenants t
LEFT JOIN directory.integrations i ON i.tenant = t.tenant
ORDER BY t.tenant
