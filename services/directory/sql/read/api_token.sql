-- The one question without a tenant: the tenant is its answer. Half a directory, which may not have
-- seen a revocation yet, knows no token.
SELECT credential, tenant, scopes, source
FROM credentials
WHERE secret_digest = $1 AND purpose = 'api-token' AND revoked_at IS NULL
    AND (SELECT seq >= goal FROM checkpoint)
