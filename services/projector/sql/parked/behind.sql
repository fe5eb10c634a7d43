-- What waits behind an event that failed: it shares a key with it.
SELECT p.seq, p.event, p.happened_at
FROM parked p
WHERE p.seq > $1 AND EXISTS (
    SELECT
    FROM parked_keys mine
    JOIN parked_keys other ON other.tenant = mine.tenant AND other.seq = p.seq
        AND ((other.kind = mine.kind AND other.id = mine.id)
            OR mine.kind = 'everything' OR other.kind = 'everything')
    WHERE mine.seq = $1
)
ORDER BY p.seq
LIMIT $2
