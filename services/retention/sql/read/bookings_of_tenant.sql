-- A page of all bookings, in the order of their beginning, of Active and Former people.
SELECT * FROM shown_bookings b
WHERE b.tenant = $1
    AND (b.starts_at, b.booking) > ($2, $3)
    AND ($5::uuid IS NULL OR b.employee = $5)
    AND ($6::text IS NULL OR b.source = $6)
    AND ($7::text IS NULL OR $7 = CASE
        WHEN b.cancelled_at IS NULL THEN 'booked'
        WHEN b.cancelled_by = 'administrator' AND b.closed_at IS NULL THEN 'cancelled'
        ELSE 'closed'
    END)
    AND ($8::timestamptz IS NULL OR b.ends_at > $8)
    AND ($9::timestamptz IS NULL OR b.starts_at < $9)
ORDER BY b.starts_at, b.booking
LIMIT $4
