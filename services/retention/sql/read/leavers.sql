-- A page of Former people, who left last first, with how many bookings were kept in each list.
SELECT l.employee, l.left_at, n.past, n.upcoming, n.cancelled, n.planned, n.kept, n.undecided, n.next_at
FROM former l
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
WHERE l.tenant = $1
    AND (l.left_at, l.employee) < ($2, $3)
    AND (n.upcoming > 0 OR NOT $6)
ORDER BY l.left_at DESC, l.employee DESC
LIMIT $4
