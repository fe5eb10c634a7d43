-- A leaver's bookings; one row of NULLs for a leaver who has none, no row for anybody else.
SELECT
    b.booking, b.source, b.reference, b.resource, b.resource_type, b.title, b.starts_at, b.ends_at,
    b.booked_for, b.cancelled_at, b.cancelled_by, b.cancelled_actor, b.reason, b.closed_at,
    b.decided_at, b.decided_actor, b.decided_reason, d.kept, d.planned_at, d.by_policy, d.policy_days,
    d.policy_actor, d.colleague
FROM former l
LEFT JOIN bookings b ON b.tenant = l.tenant AND b.employee = l.employee
LEFT JOIN left_bookings d ON d.tenant = b.tenant AND d.booking = b.booking
WHERE l.tenant = $1 AND l.employee = $2
ORDER BY b.starts_at, b.booking
