-- A page of Former people with bookings to come that nobody has decided about, the most urgent first.
SELECT n.employee, n.left_at, n.past, n.upcoming, n.cancelled, n.planned, n.kept, n.undecided, n.next_at
FROM (
    SELECT
        b.employee,
        b.left_at,
        count(*) FILTER (WHERE b.cancelled_at IS NULL AND b.ends_at <= $5) AS past,
        count(*) FILTER (WHERE b.cancelled_at IS NULL AND b.ends_at > $5) AS upcoming,
        count(*) FILTER (WHERE b.cancelled_at IS NOT NULL) AS cancelled,
        count(*) FILTER (WHERE b.cancelled_at IS NULL AND b.ends_at > $5 AND b.planned_at IS NOT NULL) AS planned,
        count(*) FILTER (WHERE b.cancelled_at IS NULL AND b.ends_at > $5 AND b.kept) AS kept,
        count(*) FILTER (WHERE b.cancelled_at IS NULL AND b.ends_at > $5 AND b.planned_at IS NULL AND NOT b.kept) AS undecided,
        min(b.starts_at) FILTER (WHERE b.cancelled_at IS NULL AND b.ends_at > $5 AND b.planned_at IS NULL AND NOT b.kept) AS next_at
    FROM left_bookings b
    WHERE b.tenant = $1
    GROUP BY b.employee, b.left_at
) n
WHERE n.undecided > 0 AND (n.next_at, n.employee) > ($2, $3)
ORDER BY n.next_at, n.employee
LIMIT $4
