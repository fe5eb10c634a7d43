-- Of several statements of a batch about a booking, the newest event says its version.
UPDATE bookings SET
    cancelled_at = cancelled.at,
    cancelled_by = cancelled.by,
    cancelled_actor = cancelled.actor,
    reason = cancelled.reason,
    version = CASE WHEN cancelled.seq > bookings.seq THEN cancelled.version ELSE bookings.version END,
    seq = greatest(bookings.seq, cancelled.seq)
FROM unnest(
    $1::text[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::uuid[],
    $8::bigint[]
) AS cancelled (tenant, booking, at, by, actor, reason, version, seq)
WHERE bookings.tenant = cancelled.tenant AND bookings.booking = cancelled.booking
