-- The bookings of some leavers; one row of NULLs for a leaver who has none, no row for anybody else.
SELECT l.employee AS leaver, b.*
FROM former l
LEFT JOIN shown_bookings b ON b.tenant = l.tenant AND b.employee = l.employee
WHERE l.tenant = $1 AND l.employee = ANY ($2)
ORDER BY b.starts_at, b.booking
