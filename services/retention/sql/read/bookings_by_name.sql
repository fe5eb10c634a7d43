-- The bookings that somebody may mean: by a booking system's own id, one of each at most, or by ours.
SELECT * FROM shown_bookings b
WHERE b.tenant = $1
    AND (b.reference = $2 OR b.booking = $3)
    AND ($4::text IS NULL OR b.source = $4)
ORDER BY b.source
