-- What was handed over of some leavers', and is booked for them still by its booking system: the first of each.
SELECT b.*
FROM unnest($2::uuid[]) AS leaver (employee)
CROSS JOIN LATERAL (
    SELECT * FROM shown_bookings b
    WHERE b.tenant = $1 AND b.booked_for = leaver.employee AND b.employee <> leaver.employee AND b.cancelled_at IS NULL
    ORDER BY b.starts_at, b.booking
    LIMIT 1000
) b
ORDER BY b.starts_at, b.booking
