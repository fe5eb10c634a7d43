INSERT INTO credentials (
    tenant, credential, purpose, scopes, source, secret_digest, label, issued_at, revoked_at
)
SELECT
    tenant, credential, purpose, string_to_array(scopes, ' '), source, secret_digest, label, issued_at,
    revoked_at
FROM unnest(
    $1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::text[],
    $8::timestamptz[], $9::timestamptz[]
) AS issued (tenant, credential, purpose, scopes, source, secret_digest, label, issued_at, revoked_at)
ON CONFLICT (tenant, credential) DO UPDATE SET
    purpose = excluded.purpose,
    scopes = excluded.scopes,
    source = excluded.source,
    secret_digest = excluded.secret_digest,
    label = excluded.label,
    issued_at = excluded.issued_at,
    revoked_at = excluded.revoked_at
