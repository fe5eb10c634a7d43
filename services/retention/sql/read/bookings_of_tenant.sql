-- A page of all bookings, in the order of their beginning, of Active and Former people.
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
