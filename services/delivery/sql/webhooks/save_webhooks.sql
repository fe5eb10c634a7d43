INSERT INTO delivery.webhooks AS kept
    (subscriber, position, state, failing_since, accepted_at, oldest_at, failed, last_failure,
    begun, accepted)
SELECT *
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[],
    $6::timestamptz[], $7::integer[], $8::text[], $9::bigint[], $10::bigint[])
ON CONFLICT (subscriber) DO UPDATE SET
    position = excluded.position,
    state = excluded.state,
    failing_since = excluded.failing_since,
    accepted_at = coalesce(excluded.accepted_at, kept.accepted_at),
    oldest_at = excluded.oldest_at,
    failed = excluded.failed,
    -- What failed once is not shown any more when something was accepted since.
    last_failure = CASE
        WHEN excluded.accepted > coalesce(kept.accepted, 0) THEN excluded.last_failure
        ELSE coalesce(excluded.last_failure, kept.last_failure)
    END,
    begun = excluded.begun,
    accepted = excluded.accepted
