UPDATE alerts SET
    decision = decided.decision,
    decided_at = decided.at,
    decided_seq = decided.seq,
    decided_by = decided.by,
    reason = decided.reason
FROM unnest(
    $1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::bigint[], $6::text[], $7::text[]
) AS decided (tenant, alert, decision, at, seq, by, reason)
WHERE alerts.tenant = decided.tenant AND alerts.alert = decided.alert
