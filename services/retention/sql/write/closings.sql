UPDATE bookings SET
    closed_at = closed.at,
    seq = closed.seq
FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::bigint[]) AS closed (tenant, booking, at, seq)
WHERE bookings.tenant = closed.tenant AND bookings.booking = closed.booking
