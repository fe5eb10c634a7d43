INSERT INTO alerts (
    tenant, alert, raised, raised_at, held, decision, decided_at, decided_seq, decided_by, reason, seq
)
SELECT
    tenant, alert, raised::json, raised_at, held, decision, decided_at, decided_seq, decided_by, reason, seq
FROM unnest(
    $1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::boolean[], $6::text[],
    $7::timestamptz[], $8::bigint[], $9::text[], $10::text[], $11::bigint[]
) AS raised (
    tenant, alert, raised, raised_at, held, decision, decided_at, decided_seq, decided_by, reason, seq
)
ON CONFLICT (tenant, alert) DO NOTHING
