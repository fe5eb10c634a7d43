-- Events that failed, in their order, and how many wait behind each: those that share a key with it.
SELECT
    p.tenant, p.seq, p.event, p.happened_at, p.parked_at, p.first_key, p.cause, p.message, p.tries,
    p.failed_at, p.tried_at, p.next_at,
    (
        SELECT count(DISTINCT other.seq)
        FROM parked_keys mine
        JOIN parked_keys other ON other.tenant = mine.tenant AND other.seq > mine.seq
            AND ((other.kind = mine.kind AND other.id = mine.id)
                OR mine.kind = 'everything' OR other.kind = 'everything')
        WHERE mine.seq = p.seq
    ) AS behind
FROM parked p
WHERE p.cause IS NOT NULL
    AND ($1::text IS NULL OR p.tenant = $1)
    AND ($2::text IS NULL OR p.cause = $2)
    AND ($3::bigint IS NULL OR p.seq = $3)
    AND p.seq > $4
ORDER BY p.seq
LIMIT $5
