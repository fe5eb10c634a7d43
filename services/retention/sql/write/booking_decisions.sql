-- Of several statements of a batch about a booking, the newest event says its version.
UPDATE bookings SET
    decision = decided.decision,
    decided_at = decided.at,
    due = decided.due,
    decided_actor = decided.actor,
    decided_reason = decided.reason,
    decided_seq = decided.decided_seq,
    version = CASE WHEN decided.seq > bookings.seq THEN decided.version ELSE bookings.version END,
    seq = greatest(bookings.seq, decided.seq)
FROM unnest(
    $1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[],
    $8::bigint[], $9::uuid[], $10::bigint[]
) AS decided (tenant, booking, decision, at, due, actor, reason, decided_seq, version, seq)
WHERE bookings.tenant = decided.tenant AND bookings.booking = decided.booking
