UPDATE holds SET decision = decided.decision, decided_seq = decided.seq
FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[]) AS decided (tenant, alert, decision, seq)
WHERE holds.tenant = decided.tenant AND holds.alert = decided.alert
