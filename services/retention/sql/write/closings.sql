-- Of several statements of a batch about a booking, the newest event says its version.
UPDATE bookings SET
    closed_at = closed.at,
    version = CASE WHEN closed.seq > bookings.seq THEN closed.version ELSE bookings.version END,
    seq = greatest(bookings.seq, closed.seq)
FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::bigint[])
    AS closed (tenant, booking, at, version, seq)
WHERE bookings.tenant = closed.tenant AND bookings.booking = closed.booking
