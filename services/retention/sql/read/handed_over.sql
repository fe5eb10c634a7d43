-- What was handed over of one leaver's, and is booked for them still by its booking system.
SELECT
    b.booking, b.source, b.reference, b.resource, b.resource_type, b.title, b.starts_at, b.ends_at,
    b.booked_for, b.cancelled_at, b.cancelled_by, b.cancelled_actor, b.reason, b.closed_at,
    b.decided_at, b.decided_actor, b.decided_reason, d.kept, d.planned_at, d.by_policy, d.policy_days,
    d.policy_actor, d.colleague,
    b.employee, b.recorded_at, d.left_at IS NOT NULL AS former
FROM bookings b
LEFT JOIN LATERAL (
    SELECT * FROM left_bookings v WHERE v.tenant = b.tenant AND v.employee = b.employee AND v.booking = b.booking
) d ON true
WHERE b.tenant = $1 AND b.booked_for = $2 AND b.employee <> $2 AND b.cancelled_at IS NULL
ORDER BY b.starts_at, b.booking
LIMIT 1000
