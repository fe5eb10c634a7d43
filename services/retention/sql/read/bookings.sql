-- A leaver's bookings; one row of NULLs for a leaver who has none, no row for anybody else.
SELECT
    b.booking, b.source, b.reference, b.resource, b.title, b.starts_at, b.ends_at,
    b.cancelled_at, b.cancelled_by, b.cancelled_actor, b.reason, b.closed_at
FROM former l
LEFT JOIN bookings b ON b.tenant = l.tenant AND b.employee = l.employee
WHERE l.tenant = $1 AND l.employee = $2
ORDER BY b.starts_at, b.booking
