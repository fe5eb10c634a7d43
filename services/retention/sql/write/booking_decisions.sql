UPDATE bookings SET
    decided_at = decided.at,
    due = decided.due,
    decided_actor = decided.actor,
    decided_reason = decided.reason,
    decided_seq = decided.decided_seq,
    seq = decided.seq
FROM unnest(
    $1::text[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[], $7::bigint[],
    $8::bigint[]
) AS decided (tenant, booking, at, due, actor, reason, decided_seq, seq)
WHERE bookings.tenant = decided.tenant AND bookings.booking = decided.booking
