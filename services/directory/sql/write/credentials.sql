INSERT INTO credentials (
    tenant, credential, purpose, scopes, secret_digest, label, issued_at, revoked_at
)
SELECT tenant, credential, purpose, string_to_array(scopes, ' '), secret_digest, label, issued_at, revoked_at
FROM unnest(
    $1::text[], $2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::timestamptz[],
    $8::timestamptz[]
) AS issued (tenant, credential, purpose, scopes, secret_digest, label, issued_at, revoked_at)
ON CONFLICT (tenant, credential) DO UPDATE SET
    purpose = excluded.purpose,
    scopes = excluded.scopes,
    secret_digest = excluded.secret_digest,
    label = excluded.label,
    issued_at = excluded.issued_at,
    revoked_at = excluded.revoked_at
