-- The bookings that somebody may mean: by a booking system's own id, one of each at most, or by ours.
SELECT
    b.booking, b.source, b.reference, b.employee, b.resource, b.title, b.starts_at, b.ends_at,
    b.recorded_at, b.cancelled_at, b.cancelled_by, b.cancelled_actor, b.reason, b.closed_at,
    EXISTS (SELECT FROM former f WHERE f.tenant = b.tenant AND f.employee = b.employee) AS former
FROM bookings b
WHERE b.tenant = $1
    AND (b.reference = $2 OR b.booking = $3)
    AND ($4::text IS NULL OR b.source = $4)
ORDER BY b.source
