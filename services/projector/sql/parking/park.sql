-- An event that failed, or waits behind one. One that had waited already, and fails, is tried again
-- after a while that grows, and in the end when an operator says so.
INSERT INTO parked (
    tenant, seq, event, happened_at, first_key, cause, message, tries, failed_at, tried_at, next_at
)
SELECT
    tenant, seq, event, happened_at, first_key, cause, message,
    CASE WHEN cause IS NULL THEN 0 ELSE 1 END,
    CASE WHEN cause IS NOT NULL THEN now() END,
    CASE WHEN cause IS NOT NULL THEN now() END,
    CASE WHEN cause IS NOT NULL THEN now() + interval '0.2 s' END
FROM unnest(
    $1::text[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[]
) AS event (tenant, seq, event, happened_at, first_key, cause, message)
ON CONFLICT (seq) DO UPDATE SET
    cause = excluded.cause,
    message = excluded.message,
    tries = parked.tries + 1,
    failed_at = coalesce(parked.failed_at, now()),
    tried_at = now(),
    next_at = now() + ('{0.2 s, 1 s, 5 s, 30 s, 2 min}'::interval[])[parked.tries + 1]
