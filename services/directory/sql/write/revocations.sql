-- The first revocation counts.
UPDATE credentials SET revoked_at = coalesce(credentials.revoked_at, revoked.at)
FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS revoked (tenant, credential, at)
WHERE credentials.tenant = revoked.tenant AND credentials.credential = revoked.credential
