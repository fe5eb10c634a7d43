INSERT INTO delivery.webhooks
    (subscriber, position, state, failing_since, accepted_at, oldest_at, failed, last_failure)
SELECT *
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[],
    $6::timestamptz[], $7::integer[], $8::text[])
ON CONFLICT (subscriber) DO UPDATE SET
    position = excluded.position,
    state = excluded.state,
    failing_since = excluded.failing_since,
    accepted_at = coalesce(excluded.accepted_at, webhooks.accepted_at),
    oldest_at = excluded.oldest_at,
    failed = excluded.failed,
    last_failure = coalesce(excluded.last_failure, webhooks.last_failure)
