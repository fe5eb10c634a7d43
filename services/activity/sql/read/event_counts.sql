-- A page of the counts of some days, the last day first.
SELECT day, event, count
FROM event_counts
WHERE tenant = $1 AND day BETWEEN $2 AND $3 AND (day < $4 OR (day = $4 AND event > $5))
ORDER BY day DESC, event
LIMIT $6
