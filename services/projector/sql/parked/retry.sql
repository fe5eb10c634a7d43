-- Events that failed are to be tried again now; who works on the slot does it.
UPDATE parked SET next_at = now()
WHERE seq IN (
    SELECT seq FROM parked
    WHERE cause IS NOT NULL
        AND ($1::text IS NULL OR tenant = $1)
        AND ($2::text IS NULL OR cause = $2)
        AND ($3::bigint IS NULL OR seq = $3)
        AND seq > $4
    ORDER BY seq
    LIMIT $5
)
RETURNING seq
