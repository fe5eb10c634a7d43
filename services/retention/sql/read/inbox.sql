-- A page of Former people with bookings to come of which those are meant that match, the most urgent first.
WITH matching AS (
    SELECT b.employee, min(b.starts_at) AS first_at
    FROM left_bookings b
    JOIN bookings o ON o.tenant = b.tenant AND o.booking = b.booking
    WHERE b.tenant = $1
        AND $10 <> 'handed-over'
        AND b.cancelled_at IS NULL AND b.ends_at > $5
        AND ($6::uuid IS NULL OR b.employee = $6)
        AND ($7::text IS NULL OR o.resource_type = $7)
        AND ($8::timestamptz IS NULL OR b.ends_at > $8)
        AND ($9::timestamptz IS NULL OR b.starts_at < $9)
        AND CASE $10
            WHEN 'undecided' THEN b.planned_at IS NULL AND NOT b.kept
            WHEN 'planned' THEN b.planned_at IS NOT NULL
            WHEN 'kept' THEN b.kept
            ELSE true
        END
    GROUP BY b.employee
    UNION ALL
    -- What was handed over is a colleague's, and its booking system books it for the leaver still.
    SELECT b.booked_for, min(b.starts_at)
    FROM bookings b
    WHERE b.tenant = $1
        AND $10 IN ('handed-over', 'any')
        AND b.booked_for <> b.employee
        AND b.cancelled_at IS NULL AND b.ends_at > $5
        AND ($6::uuid IS NULL OR b.booked_for = $6)
        AND ($7::text IS NULL OR b.resource_type = $7)
        AND ($8::timestamptz IS NULL OR b.ends_at > $8)
        AND ($9::timestamptz IS NULL OR b.starts_at < $9)
    GROUP BY b.booked_for
)
SELECT l.employee, l.left_at, n.past, n.upcoming, n.cancelled, n.planned, n.kept, n.undecided, n.next_at, m.first_at
FROM (SELECT employee, min(first_at) AS first_at FROM matching GROUP BY employee) m
JOIN former l ON l.tenant = $1 AND l.employee = m.employee
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE b.cancelled_at IS NULL AND b.ends_at <= $5) AS past,
        count(*) FILTER (WHERE b.cancelled_at IS NULL AND b.ends_at > $5) AS upcoming,
        count(*) FILTER (WHERE b.cancelled_at IS NOT NULL) AS cancelled,
        count(*) FILTER (WHERE b.cancelled_at IS NULL AND b.ends_at > $5 AND b.planned_at IS NOT NULL) AS planned,
        count(*) FILTER (WHERE b.cancelled_at IS NULL AND b.ends_at > $5 AND b.kept) AS kept,
        count(*) FILTER (WHERE b.cancelled_at IS NULL AND b.ends_at > $5 AND b.planned_at IS NULL AND NOT b.kept) AS undecided,
        min(b.starts_at) FILTER (WHERE b.cancelled_at IS NULL AND b.ends_at > $5 AND b.planned_at IS NULL AND NOT b.kept) AS next_at
    FROM left_bookings b
    WHERE b.tenant = l.tenant AND b.employee = l.employee
) n
WHERE (m.first_at, l.employee) > ($2, $3)
ORDER BY m.first_at, l.employee
LIMIT $4
