-- The one question without a tenant: the tenant is its answer.
SELECT credential, tenant, scopes
FROM directory.credentials
WHERE secret_digest = $1 AND purpose = 'api-token' AND revoked_at IS NULL
